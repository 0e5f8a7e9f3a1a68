// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/sim/zerotier/httpmessage.h"

#include <chrono>
#include <optional>
#include <vector>

namespace interlock {

/// Something that goes wrong with a request.
struct Fault
{
    enum class Kind {
        Slow,      ///< reads what is asked for at once, and writes and answers after `delay`
        Reset,     ///< nothing is done, the connection is reset
        HalfBody,  ///< is done; half of the answer comes, then the end
        LostReply, ///< is done; the connection ends without an answer
        LostWrite, ///< is answered as if it were done, and is not
        Status,    ///< nothing is done; `status`, `body` and `headers` are the answer
    };

    Kind kind = Kind::Status;
    QByteArray method = {};             ///< empty: any
    QByteArray path = {};               ///< without a query; `*` stands for any text; empty: any
    int count = 1;                      ///< how often; below 0: until clear()
    std::chrono::milliseconds delay{0}; ///< of Slow; added to that of another kind, too
    int status = 503;
    QByteArray body = {};
    std::map<QByteArray, QByteArray> headers = {};
};

/// The faults that are to come, oldest first.
class FaultList
{
public:
    void add(Fault fault) { m_faults.push_back(std::move(fault)); }
    void clear() { m_faults.clear(); }
    [[nodiscard]] std::size_t size() const { return m_faults.size(); }
    /// The first fault that is meant for the request; it counts as one of its times.
    [[nodiscard]] std::optional<Fault> take(const HttpRequest &request);

private:
    std::vector<Fault> m_faults;
};

/// Whether `text` is like `pattern`, in which `*` stands for any text. An empty pattern is like everything.
[[nodiscard]] bool isLike(const QByteArray &text, const QByteArray &pattern);

} // namespace interlock
