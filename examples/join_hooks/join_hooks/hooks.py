"""
A hook around ``build_instance`` that enrols the new machine with a directory service.
"""

import secrets

OTP_PATH = "/etc/join/otp"
YES = ("true", "yes", "on", "1")


def wants_to_join(properties):
    """
    Tell whether the image asks for it; the property is a text in most releases and a boolean in some.
    """
    return str(properties.get("join_enroll", "")).lower() in YES


class Directory:
    """
    The directory service; a real one would talk to a server.
    """

    def add_host(self, hostname, otp):
        """
        Announce a machine that will come with *otp*, its one-time password.
        """
        raise NotImplementedError

    def remove_host(self, hostname):
        """
        Take a machine back that was announced and will not come.
        """
        raise NotImplementedError


class JoinHook:
    """
    Announces the machine, hands it its one-time password in a file, and takes it back if it cannot be built.
    """

    directory = Directory()

    def pre(
        self, manager, context, instance, image, request_spec, filter_properties, admin_password, injected_files, *a
    ):
        """
        Announce the machine, and add the file to those that the host injects.
        """
        if not wants_to_join(image["properties"]):
            return
        otp = secrets.token_hex(16)
        self.directory.add_host(instance["hostname"], otp)
        injected_files.append((OTP_PATH, otp))

    def error(self, exc, manager, context, instance, image, *args):
        """
        Take the machine back that could not be built.
        """
        if wants_to_join(image["properties"]):
            self.directory.remove_host(instance["hostname"])
