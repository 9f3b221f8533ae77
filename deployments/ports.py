"""Who holds a port, said in one sentence.

The kernel lets replicas share a port (SO_REUSEPORT), so a leftover of a crashed run would share it too.
"""

import os
import socket
import time

import psutil


class PortTakenError(RuntimeError):
    """The port cannot be used; the message names the process and what to do."""


def check(host: str, port: int) -> None:
    """Raise PortTakenError when a process that is not a replica of this Ray node listens on the port."""
    holders = [process for process in _listeners(port) if process.pid != os.getpid() and not _sibling(process)]
    if holders:
        raise PortTakenError(_sentence(host, port, holders[0]))
    if not _free(host, port):
        raise PortTakenError(f"Port {port} on {host} is taken by a process of another user. {_advice(port)}")


def _listeners(port: int) -> list[psutil.Process]:
    found: dict[int, psutil.Process] = {}
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:  # macOS without root
        return []
    for connection in connections:
        if (
            connection.status == psutil.CONN_LISTEN
            and connection.laddr
            and connection.laddr.port == port
            and connection.pid
        ):
            try:
                found[connection.pid] = psutil.Process(connection.pid)
            except psutil.NoSuchProcess:
                continue
    return list(found.values())


def _sibling(process: psutil.Process) -> bool:
    """Replicas of one node have the same parent, its raylet."""
    try:
        return bool(process.ppid() == os.getppid())
    except psutil.NoSuchProcess:
        return True


def _free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _sentence(host: str, port: int, process: psutil.Process) -> str:
    replica = _command(process).startswith("ray::")
    holder = _launcher(process) if replica else process
    try:
        started = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(holder.create_time()))
    except psutil.Error:
        started = "at an unknown time"
    what = f"pid {holder.pid} ({_command(holder)[:80] or 'unknown'}), started {started}"
    if replica:
        return (
            f"Port {port} on {host} is held by another run of this gateway: {what}. If it is not meant to be alive, "
            f"end it with: kill {holder.pid} - or choose another port: make serve PORT={port + 1}."
        )
    return f"Port {port} on {host} is taken by {what}. {_advice(port)}"


def _launcher(replica: psutil.Process) -> psutil.Process:
    """The process to end: a replica that is killed comes back as long as its raylet and what started that live."""
    found = replica
    try:
        for _ in range(2):
            parent = found.parent()
            if parent is None or parent.pid == 1:
                break
            found = parent
    except psutil.Error:
        pass
    return found


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline()) or process.name()
    except psutil.Error:
        return ""


def _advice(port: int) -> str:
    return (
        f"Stop it, or choose another port: make serve PORT={port + 1} "
        "(setting 'port' in serve_config.yaml, or GATEWAY_PORT)."
    )
