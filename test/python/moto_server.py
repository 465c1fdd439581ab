"""Runs moto's server on a free port. It ends when its standard input closes, that is, with the test that started it."""

import os
import sys
import threading
import time

from moto.cloudformation.models import CloudFormationBackend
from moto.core.utils import pascal_to_camelcase, remap_nested_keys
from moto.ecs.models import EC2ContainerServiceBackend, TaskDefinition
from moto.server import main
from moto.sqs.models import SQSBackend

delete_change_set = CloudFormationBackend.delete_change_set


def delete_change_set_if_there(backend: CloudFormationBackend, change_set_name: str) -> None:
    """Deletes a change set. As in AWS, it is no error if there is none: the framework relies on that."""
    try:
        delete_change_set(backend, change_set_name)
    except UnboundLocalError:
        pass


CloudFormationBackend.delete_change_set = delete_change_set_if_there

execute_change_set = CloudFormationBackend.execute_change_set


def execute_with_outputs(backend: CloudFormationBackend, change_set_name: str, stack_name: str | None = None) -> None:
    """Executes a change set. As in AWS, the stack then has the outputs of the new template."""
    execute_change_set(backend, change_set_name, stack_name)
    for stack in backend.stacks.values():
        if stack_name in (stack.name, stack.stack_id):
            stack._parse_template()
            stack.output_map = stack._create_output_map()


CloudFormationBackend.execute_change_set = execute_with_outputs

update_task_definition = TaskDefinition.update_from_cloudformation_json


def update_as_created(cloudformation_json, **others):
    """Renames keys from CloudFormation's names to the API's, which moto only does when it creates a task definition."""
    properties = cloudformation_json["Properties"]
    definitions = remap_nested_keys(properties["ContainerDefinitions"], pascal_to_camelcase)
    resource = {**cloudformation_json, "Properties": {**properties, "ContainerDefinitions": definitions}}
    return update_task_definition(cloudformation_json=resource, **others)


TaskDefinition.update_from_cloudformation_json = staticmethod(update_as_created)


validate_containers = EC2ContainerServiceBackend._validate_container_defs


def validate_with_reservations(memory, container_definitions, requires_compatibilities) -> None:
    """Checks containers. As in AWS, a reservation is enough on EC2, too, where moto asks for a limit."""
    sized = [
        {**each, "memory": each["memoryReservation"]} if "memoryReservation" in each else each
        for each in container_definitions
    ]
    validate_containers(memory, sized, requires_compatibilities)


EC2ContainerServiceBackend._validate_container_defs = staticmethod(validate_with_reservations)

receive_message = SQSBackend.receive_message
receiving = threading.Lock()


def receive_one_at_a_time(
    backend: SQSBackend, queue_name: str, count: int, wait_seconds_timeout: int, *others, **named
) -> list:
    """Receives messages. As in AWS, two calls at the same moment do not get the same one: moto looks first and marks later."""
    end = time.monotonic() + (wait_seconds_timeout or 0)
    while True:
        with receiving:
            messages = receive_message(backend, queue_name, count, 0, *others, **named)
        if messages or time.monotonic() >= end:
            return messages
        backend.get_queue(queue_name).wait_for_messages(1)


SQSBackend.receive_message = receive_one_at_a_time


def end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_input, daemon=True).start()
main(["-H", "127.0.0.1", "-p", "0"])
