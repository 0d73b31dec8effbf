#!/usr/bin/env python3
"""Derives the closed JSON Schema of what an incoming webhook may send to Google Chat.

    scripts/chat-schema.py chat.v1.json > crates/delibird/tests/schema/chat-webhook-message.schema.json

The input is Google's discovery document of the Chat API. It ships inside the Python package
google-api-python-client as googleapiclient/discovery_cache/documents/chat.v1.json:

    pip download --no-deps google-api-python-client
    unzip google_api_python_client-*.whl 'googleapiclient/discovery_cache/documents/chat.v1.json'

A discovery document lists fields but neither which are required, nor which exclude each other,
nor what a webhook can use; those come from the reference pages and stand in the tables below.
Every name in the tables must exist in the document: a later revision that renames one fails here.
"""

import json
import sys

CARDS = "https://developers.google.com/workspace/chat/api/reference/rest/v1/cards"
MESSAGES = "https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages"
ICONS = "https://developers.google.com/workspace/chat/format-messages#builtinicons"

INTERACTIVE = "interactive: a webhook gets no events back"
ADD_ON = "only in Workspace add-ons"
STUDIO = "not available to Chat apps"

# Short names stand for GoogleAppsCardV1<name> where the document has such a type.
LEFT_OUT = {
    "Message": {
        "accessoryWidgets": "needs app authentication",
        "actionResponse": "answers interaction events",
        "attachment": "needs an upload",
        "cards": "the deprecated first version",
        "clientAssignedMessageId": "set by a query parameter",
        "createTime": "set by the server",
        "elements": "citations",
        "name": "set by the server",
        "privateMessageViewer": "needs app authentication",
        "quotedMessageMetadata": "needs a message a webhook cannot read",
        "space": "taken from the URL",
    },
    "Card": {
        "cardActions": ADD_ON,
        "displayStyle": ADD_ON,
        "expressionData": STUDIO,
        "fixedFooter": "only in dialogs",
        "name": ADD_ON,
        "peekCardHeader": ADD_ON,
    },
    "Section": {"id": STUDIO},
    "Widget": {
        "dateTimePicker": INTERACTIVE,
        "eventActions": STUDIO,
        "id": STUDIO,
        "selectionInput": INTERACTIVE,
        "textInput": INTERACTIVE,
        "visibility": STUDIO,
    },
    "Widgets": {
        "dateTimePicker": INTERACTIVE,
        "selectionInput": INTERACTIVE,
        "textInput": INTERACTIVE,
    },
    "DecoratedText": {"icon": "deprecated: startIcon", "switchControl": INTERACTIVE},
    "OnClick": {"action": INTERACTIVE, "card": ADD_ON, "openDynamicLinkAction": ADD_ON},
    "OpenLink": {"onClose": ADD_ON, "openAs": ADD_ON},
    "Chip": {"enabled": "deprecated: disabled"},
}

# Exactly one of these fields; with OPTIONAL, at most one.
ONE_OF = {
    "Widget": "textParagraph image decoratedText buttonList divider grid columns carousel chipList",
    "Widgets": "textParagraph image decoratedText buttonList chipList",
    "NestedWidget": "textParagraph buttonList image",
    "OnClick": "openLink overflowMenu",
    "Icon": "knownIcon iconUrl materialIcon",
}
AT_MOST_ONE_OF = {"DecoratedText": "button endIcon"}
AT_LEAST_ONE_OF = {
    "Message": "text cardsV2",
    "DecoratedText": "text contentText",
    "Button": "text icon",
    "Chip": "label icon",
}

REQUIRED = {
    "CardWithId": "card",
    "CardHeader": "title",
    "Section": "widgets",
    "Button": "onClick",
    "OpenLink": "url",
    "OverflowMenu": "items",
    "OverflowMenuItem": "text onClick",
    "MaterialIcon": "name",
    "TextParagraph": "text",
    "ButtonList": "buttons",
    "ChipList": "chips",
    "Columns": "columnItems",
    "Column": "widgets",
    "Grid": "items",
    "Image": "imageUrl",
    "Carousel": "carouselCards",
    "CollapseControl": "expandButton collapseButton",
}

KNOWN_ICONS = """AIRPLANE BOOKMARK BUS CAR CLOCK CONFIRMATION_NUMBER_ICON DESCRIPTION DOLLAR EMAIL
EVENT_SEAT FLIGHT_ARRIVAL FLIGHT_DEPARTURE HOTEL HOTEL_ROOM_TYPE INVITE MAP_PIN MEMBERSHIP
MULTIPLE_PEOPLE PERSON PHONE RESTAURANT_ICON SHOPPING_CART STAR STORE TICKET TRAIN VIDEO_CAMERA
VIDEO_PLAY""".split()

SAYS_SOMETHING = {"minLength": 1}
HOLDS_SOMETHING = {"minItems": 1}
HTTPS = {"pattern": "^https://"}
FRACTION = {"minimum": 0, "maximum": 1}

# Type and field, the keywords, and who says so.
LIMITS = {
    "Message.text": (SAYS_SOMETHING, MESSAGES),
    "Message.cardsV2": (HOLDS_SOMETHING, MESSAGES),
    "Thread.threadKey": ({"minLength": 1, "maxLength": 4000}, MESSAGES + "#Thread"),
    "Card.sections": (HOLDS_SOMETHING, CARDS),
    "CardHeader.title": (SAYS_SOMETHING, CARDS),
    "CardHeader.imageUrl": (HTTPS, CARDS),
    "Section.widgets": ({"minItems": 1, "maxItems": 100}, CARDS + " (the sum over sections needs code)"),
    "Section.uncollapsibleWidgetsCount": ({"minimum": 0}, CARDS),
    "TextParagraph.text": (SAYS_SOMETHING, "an empty text is refused: Grafana's notifier"),
    "TextParagraph.maxLines": ({"minimum": 0}, CARDS),
    "DecoratedText.text": (SAYS_SOMETHING, CARDS),
    "ButtonList.buttons": (HOLDS_SOMETHING, CARDS),
    "ChipList.chips": (HOLDS_SOMETHING, CARDS),
    "OverflowMenu.items": (HOLDS_SOMETHING, CARDS),
    "Column.widgets": (HOLDS_SOMETHING, CARDS),
    "Columns.columnItems": ({"minItems": 1, "maxItems": 2}, CARDS),
    "OpenLink.url": ({"pattern": "^https?://"}, CARDS),
    "Icon.iconUrl": (HTTPS, CARDS),
    "Icon.knownIcon": ({"enum": KNOWN_ICONS}, ICONS),
    "Image.imageUrl": (HTTPS, CARDS),
    "ImageComponent.imageUri": (HTTPS, CARDS),
    "MaterialIcon.name": ({"pattern": "^[a-z0-9_]+$"}, CARDS),
    "MaterialIcon.grade": ({"enum": [-25, 0, 200]}, CARDS),
    "MaterialIcon.weight": ({"enum": [100, 200, 300, 400, 500, 600, 700]}, CARDS),
    "Color.alpha": (FRACTION, CARDS),
    "Color.blue": (FRACTION, CARDS),
    "Color.green": (FRACTION, CARDS),
    "Color.red": (FRACTION, CARDS),
}

PREFIX = "GoogleAppsCardV1"


def short(name):
    return name.removeprefix(PREFIX)


def keywords(prop):
    """The JSON Schema of one property; objects are referred to, not inlined."""
    if "$ref" in prop:
        return {"$ref": "#/$defs/" + prop["$ref"]}
    kind = prop["type"]
    if kind == "array":
        return {"type": "array", "items": keywords(prop["items"])}
    if kind == "object":
        return {"type": "object", "additionalProperties": keywords(prop["additionalProperties"])}
    schema = {"type": kind}
    form = prop.get("format")
    if form == "int32":
        schema |= {"minimum": -(2**31), "maximum": 2**31 - 1}
    elif form == "int64":
        schema = {"type": ["string", "integer"], "pattern": "^-?[0-9]{1,19}$"}
    elif form == "google-datetime":
        schema["format"] = "date-time"
    elif form == "byte":
        schema["contentEncoding"] = "base64"
    if "enum" in prop:
        deprecated = prop.get("enumDeprecated", [False] * len(prop["enum"]))
        words = [w for w, old in zip(prop["enum"], deprecated) if not old and not w.endswith("_UNSPECIFIED")]
        schema["enum"] = words or prop["enum"]
    return schema


def is_output_only(prop):
    return prop.get("readOnly") or prop.get("description", "").startswith("Output only")


def closed(name, source):
    """The closed schema of one type."""
    key = short(name)
    left_out = LEFT_OUT.get(key, {})
    unknown = set(left_out) - set(source["properties"])
    assert not unknown, f"{name} no longer has {unknown}"
    fields = {}
    for field, prop in sorted(source.get("properties", {}).items()):
        if field in left_out or is_output_only(prop):
            continue
        fields[field] = keywords(prop)
        limit, page = LIMITS.get(f"{key}.{field}", ({}, None))
        fields[field] |= limit
        if page:
            fields[field]["$comment"] = page
    schema = {"type": "object", "additionalProperties": False, "properties": fields}
    if left_out:
        schema["$comment"] = "not for webhooks: " + ", ".join(f"{f} ({why})" for f, why in left_out.items())

    def each(table):
        names = table.get(key, "").split()
        assert all(n in fields for n in names), f"{name} no longer has one of {names}"
        return [{"required": [n]} for n in names]

    if required := REQUIRED.get(key, "").split():
        assert all(n in fields for n in required), f"{name} no longer has one of {required}"
        schema["required"] = required
    if one_of := each(ONE_OF):
        schema["oneOf"] = one_of
    if at_most := each(AT_MOST_ONE_OF):
        schema["oneOf"] = at_most + [{"not": {"anyOf": at_most}}]
    if at_least := each(AT_LEAST_ONE_OF):
        schema["anyOf"] = at_least
    return schema


def references(schema):
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].removeprefix("#/$defs/")
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from references(part)


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        document = json.load(file)
    definitions, waiting = {}, ["Message"]
    while waiting:
        name = waiting.pop()
        if name not in definitions:
            definitions[name] = closed(name, document["schemas"][name])
            waiting.extend(references(definitions[name]))
    used = {short(name) for name in definitions}
    tables = (LEFT_OUT, ONE_OF, AT_MOST_ONE_OF, AT_LEAST_ONE_OF, REQUIRED)
    named = {n for table in tables for n in table} | {n.split(".")[0] for n in LIMITS}
    assert named <= used, f"the document no longer has {named - used}"
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Google Chat spaces.messages.create, as an incoming webhook may call it",
        "$comment": "Made by scripts/chat-schema.py from Google's discovery document chat v1, revision "
        f"{document['revision']} (in the Python package google-api-python-client). The 32,000 bytes of "
        "a message, the 100 widgets of a card and unique cardIds need code.",
        "$ref": "#/$defs/Message",
        "$defs": dict(sorted(definitions.items())),
    }
    json.dump(schema, sys.stdout, indent=1, ensure_ascii=False)
    print()


main()
