"""What the stopping rule asks of chains, whatever makes their draws."""

from __future__ import annotations

from typing import Protocol

from bayesglmm.engine.nuts import Sample


class Running(Protocol):
    """Chains that can be run on and looked at; see `bayesglmm.engine.nuts.Chains`."""

    road: str

    @property
    def finished(self) -> int:
        """Draws that every chain has made."""

    def look(self) -> Sample:
        """What all chains have so far."""

    def wait(self, seconds: float) -> bool:
        """Go on for a while; whether all chains have ended."""

    def pause(self) -> None:
        """Rest until `resume`."""

    def resume(self) -> None:
        """Go on."""

    def stop(self) -> Sample:
        """End, and give what all have made."""

    def abandon(self) -> None:
        """End."""
