"""
A hook around ``instance_network_info`` that gives every network of an instance a label.
"""


class LabelHook:
    """
    Edits the network information in place before the host stores it.
    """

    def pre(self, api, context, instance, nw_info=None, *args, **kwargs):
        """
        Label what has no label; hosts pass the information by position, by keyword, or not at all.
        """
        for number, vif in enumerate(nw_info or (), start=1):
            vif["network"].setdefault("label", f"{instance['display_name']}-{number}")
