"""Tools that Anthropic's models know by name and a client runs: described for models that do not know them.

https://docs.claude.com/en/docs/agents-and-tools/tool-use/bash-tool, text-editor-tool and memory-tool (2026-11); the
memory tool's commands are also types/beta/beta_memory_tool_20250818_command.py of anthropic 2.12.
"""

import msgspec


class Known(msgspec.Struct, frozen=True):
    """A tool as every other model needs it."""

    name: str
    description: str
    parameters: msgspec.Raw


def described(kind: str, name: str) -> Known | None:
    """The tool whose `type` begins with `kind`, by the name the client gave it; None for one that is not known here."""
    if kind == "text_editor":
        # https://docs.claude.com/en/docs/agents-and-tools/tool-use/text-editor-tool: the name went with the parameter
        text = "insert_text" if name == "str_replace_based_edit_tool" else "new_str"
        return Known(name, _EDITOR, _schema({**_FILES, text: _string("Text to insert, for insert.")}, _EDITS))
    if kind == "bash":
        return Known(name, _BASH, _BASH_SCHEMA)
    if kind == "memory":
        moved = {"old_path": _string("What to rename."), "new_path": _string("Its new name.")}
        text_of = {"insert_text": _string("Text to insert, for insert.")}
        return Known(name, _MEMORY, _schema({**_FILES, **text_of, **moved}, (*_EDITS, "delete", "rename"), path=False))
    return None


def _string(description: str) -> dict[str, object]:
    return {"type": "string", "description": description}


_BASH = "Run commands in a bash shell that keeps its state between calls."
_BASH_SCHEMA = msgspec.Raw(
    msgspec.json.encode(
        {
            "type": "object",
            "properties": {
                "command": _string("The command to run. Required unless the shell is restarted."),
                "restart": {"type": "boolean", "description": "True to restart the shell."},
            },
        }
    )
)
_EDITOR = (
    "View, create and edit text files. `view` shows a file with line numbers, or lists a folder; `create` writes a"
    " file; `str_replace` replaces text that occurs exactly once; `insert` puts text after a line."
)
_MEMORY = (
    "Keep notes in files under /memories, which last longer than this conversation. Look there before a task begins,"
    " and write down what will be needed later. Commands as for a text editor; `delete` and `rename` take files and"
    " folders."
)
_EDITS = ("view", "create", "str_replace", "insert")
_FILES: dict[str, dict[str, object]] = {
    "path": _string("Path of the file or folder."),
    "view_range": {
        "type": "array",
        "items": {"type": "integer"},
        "description": "First and last line to show, from 1; -1 as the last: to the end. For view.",
    },
    "file_text": _string("The whole text of the file, for create."),
    "old_str": _string("The text to replace, for str_replace."),
    "new_str": _string("The text to put in its place, for str_replace."),
    "insert_line": {"type": "integer", "description": "The line after which to insert, 0: at the beginning."},
}


def _schema(properties: dict[str, dict[str, object]], commands: tuple[str, ...], *, path: bool = True) -> msgspec.Raw:
    command = {"type": "string", "enum": list(commands), "description": "What to do."}
    return msgspec.Raw(
        msgspec.json.encode(
            {
                "type": "object",
                "properties": {"command": command, **properties},
                "required": ["command", "path"] if path else ["command"],
            }
        )
    )
