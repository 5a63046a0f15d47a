"""How the audit logs of cloud services are laid out, a module for each maker; `cloud_audit` reads them."""
