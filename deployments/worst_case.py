"""What a request can cost at most, before it is sent: bounds of its tokens, and what a smaller amount pays for.

Pure. The bounds of input hold for any tokenizer that makes at least one byte of text into a token, which all do that
are built on bytes: a request of n bytes has at most n tokens of text. Media count by the rules of `Media`.
"""

import re
from collections.abc import Iterator, Mapping

import msgspec

from adapters.head import SILENT, Fields, Head
from deployments.settings_quota import Quota
from storage.pricing import NO_BOUND, ONE, Tariff, affordable_output, worst_case

TOOLS_TOKENS = 700
"""Room for what providers add to a request with tools and count as input, which the caller does not see."""

_MEDIA = (b"base64", b"_url", b"input_audio", b"input_file", b'"file', b'"image', b'"document', b"inline", b"Data")
# Quotation marks within a text are escaped, so no text can pass for a field.
_BASE64 = re.compile(
    rb'"(?:url|image_url|file_data|data)"\s*:\s*"(?:data:[^"]{0,100};base64,)?([A-Za-z0-9+/=_\\-]{256,})"'
)
_IMAGE = re.compile(rb'"type"\s*:\s*"(?:image_url|input_image|image)"|"mime_?[tT]ype"\s*:\s*"image/')
_AUDIO = re.compile(rb'"type"\s*:\s*"(?:input_audio|audio|audio_url)"|"mime_?[tT]ype"\s*:\s*"audio/')
_FILE = re.compile(
    rb'"type"\s*:\s*"(?:file|input_file|document|video_url|video)"|"(?:file_uri|fileUri)"\s*:'
    rb'|"mime_?[tT]ype"\s*:\s*"(?:application|video)/'
)

# Base64 of 16 characters is 12 bytes. Audio of 6 kbit/s, the least that codecs for speech make, has 750 bytes a second;
# providers count up to 32 tokens a second, which is one in 23 bytes.
_AUDIO_CHARACTERS = 16


class Media(msgspec.Struct, frozen=True):
    """What a request holds besides text.

    `encoded` are characters of base64, which are no text. An image counts as `quota.image_tokens`, a document or an
    address of audio or video as `quota.file_tokens`, audio within the request one token for each 16 characters.
    """

    images: int = 0
    audio: int = 0
    files: int = 0
    encoded: int = 0

    @property
    def present(self) -> bool:
        """Whether there is any: prices of media may apply."""
        return bool(self.images or self.audio or self.files)


NO_MEDIA = Media()


def media_of(content: "msgspec.Raw | bytes") -> Media:
    """Look through the raw JSON of messages or input; linear, a few hundred nanoseconds where there is nothing."""
    text = bytes(content)
    if not any(sign in text for sign in _MEDIA):
        return NO_MEDIA
    images = _count(_IMAGE.finditer(text))
    audio = _count(_AUDIO.finditer(text))
    files = _count(_FILE.finditer(text))
    if not (images or audio or files):
        return NO_MEDIA
    # One value for each part: what else looks like one is text.
    longest = sorted((len(found.group(1)) for found in _BASE64.finditer(text)), reverse=True)
    return Media(images, audio, files, sum(longest[: images + audio + files]))


def without_media(content: "msgspec.Raw | bytes") -> bytes:
    """The raw JSON without the base64 in it; linear."""
    return _BASE64.sub(b'""', bytes(content))


def _count(found: "Iterator[re.Match[bytes]]") -> int:
    return sum(1 for _ in found)


def estimate_input_tokens(
    size: int, kind: str, quota: Quota, *, media: Media = NO_MEDIA, tools: bool = False, context: int | None = None
) -> int:
    """An upper bound of the input tokens of a request whose body has `size` bytes.

    `kind` is the operation: embeddings and text completions hold nothing but text or token numbers, of which each takes
    more than a byte. `context` is the model's window, where it is known: a provider refuses what is longer.
    """
    tokens = size
    if kind not in {"embeddings", "text_completion"}:
        tokens += TOOLS_TOKENS if tools else 0
        if media.present:
            tokens += media.images * quota.image_tokens + media.files * quota.file_tokens
            tokens -= media.encoded
            if media.audio:
                tokens += media.encoded // _AUDIO_CHARACTERS + (0 if media.encoded else quota.file_tokens)
    return tokens if context is None else min(tokens, context)


class Output(msgspec.Struct, frozen=True):
    """A bound of the output. `each` tokens for each of `choices` answers; `fixed`: the client set it itself."""

    each: int
    choices: int = 1
    fixed: bool = False
    field: str = ""

    @property
    def total(self) -> int:
        """Tokens of all answers."""
        return self.each * self.choices


LIMITS = ("max_completion_tokens", "max_output_tokens", "max_tokens")
_MANY = ("n", "best_of")
_integer = msgspec.json.Decoder(int)
_config = msgspec.json.Decoder(Fields)


def output_bound(fields: Mapping[str, msgspec.Raw], kind: str, quota: Quota, *, model_max: int | None = None) -> Output:
    """What the client set under a name of LIMITS, else the model's maximum, else the setting.

    Something that is no positive integer is left to the provider to refuse, and bounds nothing.
    """
    if kind in SILENT:
        return Output(0, fixed=True)
    choices = max(_positive(fields, name) or 1 for name in _MANY)
    usual = model_max or quota.default_output_tokens
    given = {name: _positive(fields, name) for name in LIMITS if bytes(fields.get(name, b"null")).strip() != b"null"}
    # A provider may know only one of several, and read what we cannot: the largest counts.
    read = {name: number for name, number in given.items() if number is not None}
    if not read:
        return Output(usual, choices)
    field = max(read, key=read.__getitem__)
    most = read[field] if len(read) == len(given) else max(read[field], usual)
    return Output(most if model_max is None else min(most, model_max), choices, fixed=True, field=field)


def output_of(head: Head, quota: Quota) -> Output:
    """The same for a request of any protocol; Gemini has its settings one level down, in either spelling."""
    if head.protocol != "gemini":
        return output_bound(head.fields, head.operation, quota)
    if head.operation in SILENT:
        return Output(0, fixed=True)
    raw = head.fields.get("generationConfig") or head.fields.get("generation_config")
    try:
        config = _config.decode(raw) if raw is not None else {}
    except msgspec.DecodeError:
        config = {}
    choices = max(_positive(config, name) or 1 for name in ("candidateCount", "candidate_count"))
    most = head.max_output
    if most is None or most <= 0:
        return Output(quota.default_output_tokens, choices)
    return Output(most, choices, fixed=True, field="maxOutputTokens")


def _positive(fields: Mapping[str, msgspec.Raw], name: str) -> int | None:
    raw = fields.get(name)
    if raw is None:
        return None
    try:
        number = _integer.decode(raw)
    except msgspec.DecodeError:
        return None
    return number if number > 0 else None


class Bound(msgspec.Struct, frozen=True):
    """What to reserve, nano-USD: `amount`; and when there is not so much, anything from `least` on."""

    input_tokens: int
    output: Output
    amount: int
    least: int
    text: bool


def bound(
    tariff: Tariff,
    input_tokens: int,
    output: Output,
    quota: Quota,
    *,
    text: bool = False,
    group_ratio: int = ONE,
    channel_ratio: int = ONE,
) -> Bound:
    """The amounts of a request. A maximum that the client set is not lowered: then `least` is the whole."""
    amount = worst_case(
        tariff, input_tokens, output.total, group_ratio=group_ratio, channel_ratio=channel_ratio, text=text
    )
    least = amount
    if not output.fixed:
        few = min(output.each, quota.min_output_tokens) * output.choices
        least = worst_case(tariff, input_tokens, few, group_ratio=group_ratio, channel_ratio=channel_ratio, text=text)
    return Bound(input_tokens, output, amount, least, text)


def affordable(
    tariff: Tariff, needed: Bound, amount: int, *, group_ratio: int = ONE, channel_ratio: int = ONE
) -> int | None:
    """The output tokens for each answer that the reserved `amount` pays for: what the request is clamped to.

    None: it needs no clamp.
    """
    if amount >= needed.amount:
        return None
    total = affordable_output(
        tariff, needed.input_tokens, amount, group_ratio=group_ratio, channel_ratio=channel_ratio, text=needed.text
    )
    return None if total >= NO_BOUND else min(total // needed.output.choices, needed.output.each)
