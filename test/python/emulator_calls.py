"""Calls the emulator as the AWS CLI does, with botocore's signatures, and opens a presigned URL."""

import json
import sys
import urllib.request

import boto3

given = json.load(sys.stdin)


def client(service):
    return boto3.client(
        service,
        endpoint_url=given["endpoint"],
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )


sqs, sns, s3 = client("sqs"), client("sns"), client("s3")
queue = sqs.create_queue(QueueName="from-python")["QueueUrl"]
sqs.send_message(QueueUrl=queue, MessageBody="hello")
message = sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"]
topic = sns.create_topic(Name="from-python")["TopicArn"]
sns.publish(TopicArn=topic, Message="hello")
s3.create_bucket(Bucket="from-python")
s3.put_object(Bucket="from-python", Key="a", Body=b"object")
url = s3.generate_presigned_url("get_object", Params={"Bucket": "from-python", "Key": "a"})
with urllib.request.urlopen(url) as answer:
    json.dump({"message": message, "object": answer.read().decode()}, sys.stdout)
