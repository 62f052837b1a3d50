"""Transfers between accounts, by hand: rows locked in the order of their keys, one transaction, the same tables."""

import os
import uuid
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Numeric, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

app = FastAPI()
_engine = create_async_engine(
    os.environ["DATABASE_URL"], pool_size=int(os.environ.get("POOL", "10")), max_overflow=0
)
_sessions = async_sessionmaker(_engine, expire_on_commit=False)
_keys = jwt.PyJWKSet.from_json(Path(os.environ["JWKS_URL"]).read_text(encoding="utf-8"))
_bearer = HTTPBearer()


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "account"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[uuid.UUID]
    balance: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    closed: Mapped[bool]
    version: Mapped[int]


class Posting(Base):
    __tablename__ = "posting"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    origin_id: Mapped[uuid.UUID]
    goal_id: Mapped[uuid.UUID]
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    by_id: Mapped[uuid.UUID]
    note: Mapped[str | None]


class Move(BaseModel):
    model_config = ConfigDict(extra="forbid")
    to_id: uuid.UUID
    amount: Decimal = Field(max_digits=12, decimal_places=2)
    note: str | None = Field(default=None, max_length=80)


class AccountRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: uuid.UUID
    owner_id: uuid.UUID
    balance: Decimal
    closed: bool
    version: int


async def _session() -> AsyncIterator[AsyncSession]:
    async with _sessions() as opened:
        yield opened


def _caller(credentials: Annotated[HTTPAuthorizationCredentials, Depends(_bearer)]) -> uuid.UUID:
    """Verify the token as the emitted service does; 401 otherwise, 403 without the role."""
    token = credentials.credentials
    try:
        key = _keys[jwt.get_unverified_header(token)["kid"]]
        issuer = os.environ["JWT_ISSUER"]
        claims = jwt.decode(token, key, algorithms=["ES256"], audience="exchange", issuer=issuer)
    except (jwt.PyJWTError, KeyError) as error:
        raise HTTPException(401, "invalid token") from error
    if not {"holder", "clerk"} & set(claims["roles"]):
        raise HTTPException(403, "forbidden")
    return uuid.UUID(claims["sub"])


@app.get("/readyz")
async def ready() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/v1/accounts/{key}/transfer", response_model=AccountRead)
async def transfer(
    key: uuid.UUID,
    body: Move,
    db: Annotated[AsyncSession, Depends(_session)],
    caller: Annotated[uuid.UUID, Depends(_caller)],
) -> object:
    async with db.begin():
        locked = (
            select(Account).where(Account.id.in_({key, body.to_id})).order_by(Account.id).with_for_update()
        )
        rows = {each.id: each for each in (await db.execute(locked)).scalars()}
        origin, goal = rows.get(key), rows.get(body.to_id)
        if origin is None or origin.owner_id != caller:
            raise HTTPException(404, "not found")
        if goal is None:
            raise HTTPException(422, "unknown account")
        if origin.balance < body.amount or origin.closed or goal.closed:
            raise HTTPException(409, "insufficient funds")
        origin.balance -= body.amount
        goal.balance += body.amount
        posting = Posting(origin_id=key, goal_id=body.to_id, amount=body.amount, by_id=caller, note=body.note)
        db.add(posting)
        await db.flush()
        await db.refresh(origin, attribute_names=["version"])
    return origin
