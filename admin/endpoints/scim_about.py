"""What of SCIM 2.0 there is: the configuration, the kinds of resources and their attributes (RFC 7643, 5 to 7)."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from admin.endpoints.common import scim_problems
from admin.endpoints.scim import MOST, Provisioner
from admin.problems import not_found
from admin.schemas.scim import GROUP, LIST, USER
from admin.scim_response import ScimResponse

public_router = APIRouter(prefix="/scim/v2", tags=["scim"], default_response_class=ScimResponse)

_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:"
Known = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00]*$", examples=["User"])]


def _attribute(name: str, about: str, kind: str = "string", *, sub: tuple[Any, ...] = (), **more: Any) -> Any:  # noqa: ANN401  # JSON
    usual = {
        "name": name, "type": kind, "multiValued": False, "description": about, "required": False,
        "mutability": "readWrite", "returned": "default",
    }  # fmt: skip
    if kind == "string":
        usual |= {"caseExact": False, "uniqueness": "none"}
    return usual | ({"subAttributes": list(sub)} if sub else {}) | more


_NAMES = (
    _attribute("formatted", "The whole name."),
    _attribute("givenName", "Taken where there is no whole name.", mutability="writeOnly", returned="never"),
    _attribute("familyName", "Taken where there is no whole name.", mutability="writeOnly", returned="never"),
)
_EMAIL = (
    _attribute("value", "The address."),
    _attribute("type", "Always work.", mutability="readOnly"),
    _attribute("primary", "Of several the primary one is kept.", "boolean"),
)
_MEMBER = (
    _attribute("value", "The user's id.", required=True, mutability="immutable"),
    _attribute("display", "The user's name.", mutability="readOnly"),
)
_SCHEMAS: dict[str, dict[str, Any]] = {
    USER: {
        "id": USER,
        "name": "User",
        "description": "Somebody who uses the gateway.",
        "attributes": [
            _attribute("userName", "The name to sign in with.", required=True, uniqueness="server"),
            _attribute("externalId", "The directory's own id.", caseExact=True),
            _attribute("displayName", "The name that is shown; without it that of `name`."),
            _attribute("name", "The person's name.", "complex", sub=_NAMES),
            _attribute("emails", "One is kept.", "complex", sub=_EMAIL, multiValued=True),
            _attribute("active", "Whether the account can be used.", "boolean"),
        ],
    },
    GROUP: {
        "id": GROUP,
        "name": "Group",
        "description": "A team of an organisation.",
        "attributes": [
            _attribute("externalId", "The directory's own id.", caseExact=True),
            _attribute("displayName", "The team; of all organisations: ORGANISATION/TEAM.", required=True),
            _attribute("members", "Users of that organisation.", "complex", sub=_MEMBER, multiValued=True),
        ],
    },
}
_TYPES = {
    "User": {"id": "User", "name": "User", "endpoint": "/Users", "schema": USER},
    "Group": {"id": "Group", "name": "Group", "endpoint": "/Groups", "schema": GROUP},
}


def _found(request: Request, kind: str, schema: str, row: dict[str, Any]) -> dict[str, Any]:
    base = str(request.base_url).rstrip("/")
    meta = {"resourceType": kind, "location": f"{base}/scim/v2/{kind}s/{row['id']}"}
    return {"schemas": [_SCHEMA + schema], **row, "meta": meta}


def _list(rows: list[dict[str, Any]]) -> Response:
    body = {"schemas": [LIST], "totalResults": len(rows), "startIndex": 1, "itemsPerPage": len(rows), "Resources": rows}
    return ScimResponse(body)


@public_router.get("/ServiceProviderConfig", responses=scim_problems(), operation_id="scim_config")
async def config(caller: Provisioner) -> Response:
    """What of SCIM there is."""
    del caller
    no = {"supported": False}
    body = {
        "schemas": [_SCHEMA + "ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {**no, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST},
        "changePassword": no,
        "sort": no,
        "etag": {"supported": True},
        "authenticationSchemes": [
            {"type": "oauthbearertoken", "name": "Bearer token", "description": "An automation token: scim.write."}
        ],
    }
    return ScimResponse(body)


@public_router.get("/ResourceTypes", responses=scim_problems(), operation_id="scim_resource_types")
async def resource_types(caller: Provisioner, request: Request) -> Response:
    """The kinds of things that are provisioned: users, and groups, which are teams."""
    del caller
    return _list([_found(request, "ResourceType", "ResourceType", row) for row in _TYPES.values()])


@public_router.get("/ResourceTypes/{kind}", responses=scim_problems(404), operation_id="scim_resource_type")
async def resource_type(caller: Provisioner, request: Request, kind: Known) -> Response:
    """One of them."""
    del caller
    if kind not in _TYPES:
        raise not_found("resource type", kind)
    return ScimResponse(_found(request, "ResourceType", "ResourceType", _TYPES[kind]))


@public_router.get("/Schemas", responses=scim_problems(), operation_id="scim_schemas")
async def schemas(caller: Provisioner, request: Request) -> Response:
    """The attributes of users and groups that are kept."""
    del caller
    return _list([_found(request, "Schema", "Schema", row) for row in _SCHEMAS.values()])


@public_router.get("/Schemas/{kind}", responses=scim_problems(404), operation_id="scim_schema")
async def schema(caller: Provisioner, request: Request, kind: Known) -> Response:
    """The attributes of one kind."""
    del caller
    if kind not in _SCHEMAS:
        raise not_found("schema", kind)
    return ScimResponse(_found(request, "Schema", "Schema", _SCHEMAS[kind]))
