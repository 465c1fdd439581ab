"""Writes the types of resources that moto's CloudFormation can create."""

import json
import sys

from moto.cloudformation.parsing import get_model_map

json.dump(sorted(get_model_map()), sys.stdout)
