"""Recordings whose answer no gateway can give as it is scored, each with the reason. Only for counting apart."""

REASONS = {
    "re72c37da63": "usage that the client did not ask for is taken out again",
    "ra37fc54153": "usage that the client did not ask for is taken out again",
    "ra136f3cfba": "an answer with embeddings",
    "rca5621e7cc": "a chat completion on the path of responses",
    "r42ed93c34a": "several answers in one recording",
    "rb507ba8da1": "several answers in one recording",
    "r43a6ff11ba": "several answers in one recording",
    "rc7064673ed": "arguments sent in parts, which the recordings' reader leaves out",
    "rf3f22365b4": "free text of a custom tool for a client that defined a function: it gets it as JSON",
    "r7d2fe9081e": "an empty old-style function call beside the text",
    "r2cfcacafa6": "a refusal, which is text elsewhere",
    "rd33db3eb49": "a refusal, which is text elsewhere",
    "rff3549bc6d": "a refusal, which is text elsewhere",
    "r455e5380bf": "a refusal, which is text elsewhere",
    "r9c3d3bd767": "a refusal, which is text elsewhere",
    "r0122839b94": "a refusal, which is text elsewhere",
    "re1850c703b": "a refusal, which is text elsewhere",
}
