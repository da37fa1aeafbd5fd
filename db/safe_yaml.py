"""How YAML is read: safely, and by libyaml where it is; in Python five thousand brackets take ten seconds."""

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
