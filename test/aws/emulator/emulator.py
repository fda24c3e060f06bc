"""Starts ministack, an emulator of AWS, with the resource types of our stack that it lacks. For tests alone; it enforces nothing.

Types whose service it has are written into that service's own store, so that the SDK reads them back. `recorded` ones are
resources of the stack and nothing more. What neither knows is refused by ministack before anything is created.
`/_inventory` answers what all stores hold.
Touches what is inside ministack 1.5.33: the version is pinned.
"""
import json
import os
import sys
import uuid
from xml.sax.saxutils import escape

os.environ.setdefault("BIND_HOST", "127.0.0.1")  # its own default is every interface
from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict, get_account_id, get_region
from ministack.services import ec2, secretsmanager
from ministack.services.cloudformation import provisioners

HANDLERS = provisioners._RESOURCE_HANDLERS
RECORDED = {}


def fresh(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:17]}"


def register(kind, create, delete=lambda physical, properties: None):
    def update(physical, old, new, stack):
        delete(physical, old)
        return create("update", new, stack)

    HANDLERS.setdefault(kind, {"create": create, "delete": delete, "update": update})


def recorded(kind, prefix, attributes=lambda physical: {}):
    records = RECORDED.setdefault(kind, set())

    def create(logical, properties, stack):
        physical = fresh(prefix)
        records.add(physical)
        arn = f"arn:aws:emulated:{get_region()}:{get_account_id()}:{physical}"
        return physical, {"Id": physical, "Arn": arn, **attributes(physical)}

    register(kind, create, lambda physical, properties: records.discard(physical))


def stored(kind, prefix, store, build, attributes):
    def create(logical, properties, stack):
        physical = fresh(prefix)
        store[physical] = build(physical, properties)
        return physical, attributes(physical)

    register(kind, create, lambda physical, properties: store.pop(physical, None))


def rule_of_a_group(kind, key):
    def create(logical, properties, stack):
        rules = ec2._security_groups[properties["GroupId"]].setdefault(key, [])
        if key == "IpPermissionsEgress":  # as CloudFormation does: the first rule takes the default one away
            rules[:] = [one for one in rules if not (one.get("IpProtocol") == "-1" and one.get("IpRanges") == [{"CidrIp": "0.0.0.0/0"}])]
        rules.append(provisioners._ec2_sg_permissions([properties])[0])
        return fresh("sgr"), {"Id": fresh("sgr")}

    def delete(physical, properties):
        group = ec2._security_groups.get(properties["GroupId"])
        gone = provisioners._ec2_sg_permissions([properties])[0]
        if group:
            group[key][:] = [one for one in group[key] if one != gone]

    register(kind, create, delete)


def allocate_address(logical, properties, stack):
    allocation, address = fresh("eipalloc"), ec2._random_ip("52.")
    nothing = ("AssociationId", "InstanceId", "NetworkInterfaceId", "PrivateIpAddress")
    ec2._addresses[allocation] = {"AllocationId": allocation, "PublicIp": address, "Domain": "vpc", **dict.fromkeys(nothing)}
    return address, {"AllocationId": allocation, "PublicIp": address}


def release_address(physical, properties):
    for allocation in [key for key, one in ec2._addresses.items() if one["PublicIp"] == physical]:
        del ec2._addresses[allocation]


def put_secret_policy(logical, properties, stack):
    policy = properties["ResourcePolicy"]
    text = policy if isinstance(policy, str) else json.dumps(policy)
    secretsmanager._put_resource_policy({"SecretId": properties["SecretId"], "ResourcePolicy": text})
    return properties["SecretId"], {}


def make_record_sets(logical, properties, stack):
    one = HANDLERS["AWS::Route53::RecordSet"]["create"]
    zone = {key: properties[key] for key in ("HostedZoneId", "HostedZoneName") if key in properties}
    names = [one(logical, {**zone, **record}, stack)[0] for record in properties["RecordSets"]]
    return "|".join(names), {}


def delete_record_sets(physical, properties):
    zone = {key: properties[key] for key in ("HostedZoneId", "HostedZoneName") if key in properties}
    for name, record in zip(physical.split("|"), properties["RecordSets"]):
        HANDLERS["AWS::Route53::RecordSet"]["delete"](name, {**zone, **record})


rule_of_a_group("AWS::EC2::SecurityGroupIngress", "IpPermissions")
rule_of_a_group("AWS::EC2::SecurityGroupEgress", "IpPermissionsEgress")
register("AWS::EC2::EIP", allocate_address, release_address)
stored(
    "AWS::EC2::NatGateway", "nat", ec2._nat_gateways,
    lambda physical, wanted: {
        "NatGatewayId": physical, "SubnetId": wanted["SubnetId"], "AllocationId": wanted.get("AllocationId"), "State": "available",
        "VpcId": ec2._subnets.get(wanted["SubnetId"], {}).get("VpcId"), "ConnectivityType": "public", "CreateTime": ec2._now_ts(), "Tags": [],
    },
    lambda physical: {"NatGatewayId": physical},
)
stored(
    "AWS::EC2::FlowLog", "fl", ec2._flow_logs,
    lambda physical, wanted: {
        "FlowLogId": physical, "FlowLogStatus": "ACTIVE", "CreationTime": ec2._now_ts(),
        "LogDestination": wanted.get("LogDestination") or wanted.get("LogGroupName"),
        **{key: wanted.get(key) for key in ("ResourceId", "ResourceType", "TrafficType", "LogDestinationType")},
    },
    lambda physical: {"Id": physical},
)
register("AWS::SecretsManager::ResourcePolicy", put_secret_policy)
register("AWS::Route53::RecordSetGroup", make_record_sets, delete_record_sets)
recorded("AWS::EC2::VPCEndpointService", "vpce-svc", lambda physical: {"ServiceId": physical})
recorded("AWS::EC2::VPCEndpointServicePermissions", "vpce-perm")
for name in ("FirewallDomainList", "FirewallRuleGroup", "FirewallRuleGroupAssociation", "ResolverQueryLoggingConfig", "ResolverQueryLoggingConfigAssociation"):
    recorded(f"AWS::Route53Resolver::{name}", "rslvr")
for name in ("ScalableTarget", "ScalingPolicy"):
    recorded(f"AWS::ApplicationAutoScaling::{name}", "scaling")

# What ministack stores and doesn't hand out again.
create_endpoint, endpoint_fields = provisioners._ec2_vpc_endpoint_create, ec2._vpce_fields_xml
create_task_definition = provisioners._ecs_task_def_create


def create_endpoint_with_names(logical, properties, stack):
    physical, attributes = create_endpoint(logical, properties, stack)
    if properties.get("VpcEndpointType") != "Interface":
        return physical, attributes
    names = [f"Z1EMULATED:{physical}.{get_region()}.vpce.amazonaws.com"]
    ec2._vpc_endpoints[physical]["DnsEntries"] = names
    return physical, {**attributes, "DnsEntries": names}


def whole_endpoint_fields(endpoint, *more, **named):
    xml = endpoint_fields(endpoint, *more, **named)
    groups = "".join(f"<item><groupId>{one}</groupId></item>" for one in endpoint.get("SecurityGroupIds", []))
    policy = endpoint.get("PolicyDocument")
    text = policy if isinstance(policy, str) else json.dumps(policy)
    added = f"<groupSet>{groups}</groupSet>" + (f"<policyDocument>{escape(text)}</policyDocument>" if policy else "")
    head = xml.index(">") + 1
    return xml[:head] + added + xml[head:]


def lower_first(value):
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: lower_first(one) for key, one in value.items()}
    return [lower_first(one) for one in value] if isinstance(value, list) else value


def create_whole_task_definition(logical, properties, stack):
    arn, attributes = create_task_definition(logical, properties, stack)
    record = provisioners._ecs._task_defs[arn.split("/")[-1]]
    for container, wanted in zip(record["containerDefinitions"], properties.get("ContainerDefinitions", [])):
        for key in ("LinuxParameters", "Ulimits", "DependsOn", "HealthCheck", "MountPoints", "StopTimeout", "SystemControls"):
            if key in wanted:
                container[lower_first({key: 0}).popitem()[0]] = lower_first(wanted[key])
    return arn, attributes


HANDLERS["AWS::EC2::VPCEndpoint"]["create"] = create_endpoint_with_names
ec2._vpce_fields_xml = whole_endpoint_fields
provisioners._ecs_task_def_create = create_whole_task_definition  # its update calls it by name
HANDLERS["AWS::ECS::TaskDefinition"]["create"] = create_whole_task_definition


def inventory():
    """What every store of every service holds, by the store's name: no list of kinds that could miss one."""
    found = {f"recorded {kind}": sorted(ids) for kind, ids in RECORDED.items()}
    services = [(name, module) for name, module in list(sys.modules.items()) if name.startswith("ministack.services.")]
    for name, module in services:
        for store, kept in vars(module).items():
            if isinstance(kept, (AccountScopedDict, AccountRegionScopedDict)):
                held = [f"{scope[-1]}{stopped(one)}" for scope, one in list(kept._data.items())]
                found[f"{name.removeprefix('ministack.services.')}.{store.removeprefix('_')}"] = sorted(held)
    return found


def stopped(one):
    """ECS keeps a record of what is gone, as AWS does."""
    status = (one.get("lastStatus") or one.get("status")) if isinstance(one, dict) else None
    return f" {status}" if status in ("INACTIVE", "STOPPED", "DELETE_COMPLETE") else ""


def with_inventory(app):
    async def answer(scope, receive, send):
        if scope["type"] != "http" or scope["path"] != "/_inventory":
            return await app(scope, receive, send)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps(inventory()).encode()})

    return answer


if __name__ == "__main__":
    from ministack import app

    app.app = with_inventory(app.app)
    app.main()
