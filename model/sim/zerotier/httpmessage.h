// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <map>
#include <optional>

namespace interlock {

/// A request as it came over the wire.
struct HttpRequest
{
    QByteArray method;
    QByteArray target; ///< with its query
    QByteArray path;   ///< decoded, without the query
    std::map<QByteArray, QByteArray> query;
    QByteArray version;                       ///< "HTTP/1.1"
    std::map<QByteArray, QByteArray> headers; ///< names in lower case
    QByteArray body;

    [[nodiscard]] QByteArray header(const QByteArray &lowerCaseName) const;
};

/// An answer before it has a length and a connection.
struct HttpReply
{
    int status = 200;
    QByteArray body = {};
    QByteArray contentType = {}; ///< none without a body, as a controller has it
    std::map<QByteArray, QByteArray> headers = {};
};

/// "200 OK", "404 Not Found", "413 Payload Too Large".
[[nodiscard]] QByteArray statusLine(int status);

/// The request line and the headers. \param head  up to and without the empty line
/// \returns nothing when that is no HTTP
[[nodiscard]] std::optional<HttpRequest> parseHttpHead(const QByteArray &head);

/// What a chunked body says, taken off the front of `bytes`.
/// \returns nothing when it is not complete; then `bytes` is as it was
/// \complexity O(size)
[[nodiscard]] std::optional<QByteArray> takeChunkedBody(QByteArray &bytes);

} // namespace interlock
