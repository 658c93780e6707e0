"""What Lambda gives an inline Python function to import: it tells CloudFormation how a custom resource went.

Written after AWS's description of the module; the emulator does not bring it.
"""

import json
import urllib.request

SUCCESS = "SUCCESS"
FAILED = "FAILED"


def send(event, context, response_status, response_data, physical_resource_id=None, no_echo=False, reason=None):
    told = {
        "Status": response_status,
        "Reason": reason or f"See the log stream {context.log_stream_name}",
        "PhysicalResourceId": physical_resource_id or context.log_stream_name,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "NoEcho": no_echo,
        "Data": response_data,
    }
    request = urllib.request.Request(event["ResponseURL"], method="PUT", data=json.dumps(told).encode(), headers={"content-type": ""})
    urllib.request.urlopen(request, timeout=10).close()
