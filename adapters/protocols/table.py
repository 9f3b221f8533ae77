"""The table of wire protocols, by name. A row for each folder here; knows nothing of what is in them."""

from adapters.contract import Conversion, Wire
from adapters.protocols.chat import errors as chat_errors
from adapters.protocols.chat import head as chat_head
from adapters.protocols.chat import read_request as chat_read_request
from adapters.protocols.chat import read_response as chat_read_response
from adapters.protocols.chat import read_stream as chat_read_stream
from adapters.protocols.chat import tap as chat_tap
from adapters.protocols.chat import write_request as chat_write_request
from adapters.protocols.chat import write_response as chat_write_response
from adapters.protocols.chat import write_stream as chat_write_stream
from adapters.protocols.gemini import errors as gemini_errors
from adapters.protocols.gemini import head as gemini_head
from adapters.protocols.gemini import read_request as gemini_read_request
from adapters.protocols.gemini import read_response as gemini_read_response
from adapters.protocols.gemini import read_stream as gemini_read_stream
from adapters.protocols.gemini import tap as gemini_tap
from adapters.protocols.gemini import write_request as gemini_write_request
from adapters.protocols.gemini import write_response as gemini_write_response
from adapters.protocols.gemini import write_stream as gemini_write_stream
from adapters.protocols.messages import betas as messages_betas
from adapters.protocols.messages import errors as messages_errors
from adapters.protocols.messages import head as messages_head
from adapters.protocols.messages import read_request as messages_read_request
from adapters.protocols.messages import read_response as messages_read_response
from adapters.protocols.messages import read_stream as messages_read_stream
from adapters.protocols.messages import tap as messages_tap
from adapters.protocols.messages import write_request as messages_write_request
from adapters.protocols.messages import write_response as messages_write_response
from adapters.protocols.messages import write_stream as messages_write_stream
from adapters.protocols.responses import errors as responses_errors
from adapters.protocols.responses import head as responses_head
from adapters.protocols.responses import read_request as responses_read_request
from adapters.protocols.responses import read_response as responses_read_response
from adapters.protocols.responses import read_stream as responses_read_stream
from adapters.protocols.responses import tap as responses_tap
from adapters.protocols.responses import write_request as responses_write_request
from adapters.protocols.responses import write_response as responses_write_response
from adapters.protocols.responses import write_stream as responses_write_stream

_CHAT = Wire(
    name="chat",
    parse=chat_head.parse,
    encode=chat_head.encode,
    unary=chat_tap.Unary,
    tap=chat_tap.StreamTap,
    render=chat_errors.render,
    render_event=chat_errors.render_event,
    render_length=chat_errors.render_length,
    read_error=chat_errors.read_error,
    conversion=Conversion(
        read_request=chat_read_request.read_request,
        write_request=chat_write_request.write_request,
        read_response=chat_read_response.read_response,
        write_response=chat_write_response.write_response,
        reader=chat_read_stream.StreamReader,
        writer=chat_write_stream.StreamWriter,
    ),
)

_RESPONSES = Wire(
    name="responses",
    parse=responses_head.parse,
    encode=responses_head.encode,
    unary=responses_tap.Unary,
    tap=responses_tap.StreamTap,
    render=responses_errors.render,
    render_event=responses_errors.render_event,
    render_length=responses_errors.render_length,
    read_error=responses_errors.read_error,
    conversion=Conversion(
        read_request=responses_read_request.read_request,
        write_request=responses_write_request.write_request,
        read_response=responses_read_response.read_response,
        write_response=responses_write_response.write_response,
        reader=responses_read_stream.StreamReader,
        writer=responses_write_stream.StreamWriter,
    ),
)

_MESSAGES = Wire(
    name="messages",
    parse=messages_head.parse,
    encode=messages_head.encode,
    unary=messages_tap.Unary,
    tap=messages_tap.StreamTap,
    render=messages_errors.render,
    render_event=messages_errors.render_event,
    render_length=messages_errors.render_length,
    read_error=messages_errors.read_error,
    ping=b'event: ping\ndata: {"type": "ping"}\n\n',
    conversion=Conversion(
        read_request=messages_read_request.read_request,
        write_request=messages_write_request.write_request,
        read_response=messages_read_response.read_response,
        write_response=messages_write_response.write_response,
        reader=messages_read_stream.StreamReader,
        writer=messages_write_stream.StreamWriter,
        request_headers=messages_betas.betas,
    ),
)

_GEMINI = Wire(
    name="gemini",
    parse=gemini_head.parse,
    encode=gemini_head.encode,
    unary=gemini_tap.Unary,
    tap=gemini_tap.StreamTap,
    render=gemini_errors.render,
    render_event=gemini_errors.render_event,
    render_length=gemini_errors.render_length,
    read_error=gemini_errors.read_error,
    ping=b"\n\n",  # google-genai (1.60) takes a comment for the beginning of a JSON text
    render_array_event=gemini_errors.render_array_event,
    render_array_length=gemini_errors.render_array_length,
    conversion=Conversion(
        read_request=gemini_read_request.read_request,
        write_request=gemini_write_request.write_request,
        read_response=gemini_read_response.read_response,
        write_response=gemini_write_response.write_response,
        reader=gemini_read_stream.StreamReader,
        writer=gemini_write_stream.StreamWriter,
    ),
)

WIRES: dict[str, Wire] = {wire.name: wire for wire in (_CHAT, _RESPONSES, _MESSAGES, _GEMINI)}
"""chat, responses, messages, gemini."""
