"""
The hook as it was, with the bug that a test finds.
"""

from join_hooks.hooks import OTP_PATH, JoinHook


class JoinHookBefore(JoinHook):
    """
    Takes the property for a text, which some images do not have it as.
    """

    def pre(self, *args):
        """
        Read the arguments by their position, and the property as a text.
        """
        instance, properties, injected_files = args[2], args[3]["properties"], args[7]
        if properties["join_enroll"].lower() != "true":
            return
        self.directory.add_host(instance["hostname"], "otp")
        injected_files.append((OTP_PATH, "otp"))
