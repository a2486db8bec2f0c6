"""Install and uninstall, over one list of what is put into the host."""
