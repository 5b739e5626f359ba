"""
The hook as it was, with the bug that a test finds.
"""


class LabelHookBefore:
    """
    Looks for the network information among the keywords, where it is not always.
    """

    def pre(self, *args, **kwargs):
        """
        Label the networks, if they were passed by keyword.
        """
        for number, vif in enumerate(kwargs["nw_info"], start=1):
            vif["network"].setdefault("label", f"{args[2]['display_name']}-{number}")
