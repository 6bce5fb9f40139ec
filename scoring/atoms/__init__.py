"""Kinds of case, one a file; a case key's first part names its kind. Facts of other kinds are kept but not measured."""

from __future__ import annotations

from scoring.atoms.ad import AdCase, AdPiece
from scoring.atoms.base import Atom, Case, Found, Problem, Projection, Setting, View, total_order
from scoring.atoms.chat import ChatCase, Conversation, RatingAtom, TurnAtom
from scoring.atoms.inquiry import Conversion, Inquiry, InquiryCase
from scoring.atoms.live import Audience, LiveCase, Minute, OnAir, Session
from scoring.atoms.order import LineRefund, OrderCase, PaidLine, PaidOrder, PlacedOrder, ShipPromise
from scoring.atoms.review import ReviewAtom, ReviewCase

CASES: dict[str, Case] = {
    "ad": AdCase(),
    "chat": ChatCase(),
    "inquiry": InquiryCase(),
    "live": LiveCase(),
    "order": OrderCase(),
    "review": ReviewCase(),
}

ATOMS: dict[str, type[object]] = {
    "ad_piece": AdPiece,
    "conversation": Conversation,
    "conversion": Conversion,
    "inquiry": Inquiry,
    "line_refund": LineRefund,
    "live_audience": Audience,
    "live_minute": Minute,
    "live_session": Session,
    "on_air": OnAir,
    "paid_line": PaidLine,
    "paid_order": PaidOrder,
    "placed_order": PlacedOrder,
    "rating": RatingAtom,
    "review": ReviewAtom,
    "ship_promise": ShipPromise,
    "turn": TurnAtom,
}
"""Kinds of atom; a measure names one and the fields that it reads."""

__all__ = ["ATOMS", "CASES", "Atom", "Case", "Found", "Problem", "Projection", "Setting", "View", "total_order"]
