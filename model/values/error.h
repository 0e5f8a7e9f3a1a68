// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>

#include <tl/expected.hpp>

namespace interlock {

/// What went wrong, in the vocabulary of interlockctl's contract (resources/help/cli.md).
/// The names of the enumerators are the `kind` strings that scripts match on: keep them stable.
enum class ErrorKind {
    Usage,
    Invalid,
    HostBits,
    NotFound,
    Exists,
    Overlap,
    OverlapsItself,
    PoolOverlap,
    PoolOwned,
    TooWide,
    Exhausted,
    Conflict,
    Stale,
    LeaseHeld,
    NoOwner,
    Unsupported,
    Limit,
    StoreUnavailable,
    StoreNewer,
    StoreCorrupt,
    ReadOnly,
    BackendUnavailable,
    BackendRefused,
    BackendMismatch,
};

/// The stable name of `kind` ("hostBits", "poolOverlap", ...).
[[nodiscard]] QString nameOf(ErrorKind kind);

/// A failure that is part of normal use: what kind, the facts as data, and an English sentence for logs and scripts.
/// Only the user interface and interlockctl turn it into advice.
struct Error
{
    ErrorKind kind = ErrorKind::Invalid;
    QString detail;      ///< one English sentence without a final newline; never a secret
    QJsonObject payload; ///< the facts, keys as in resources/help/cli.md ("canonical", "owner", ...)

    friend bool operator==(const Error &, const Error &) = default;
};

/// A value or the reason why there is none.
template <typename T>
using Expected = tl::expected<T, Error>;

/// `return fail(ErrorKind::NotFound, u"no such connector"_s)`.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind, QString detail, QJsonObject payload = {})
{
    return tl::unexpected<Error>(Error{kind, std::move(detail), std::move(payload)});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

} // namespace interlock
