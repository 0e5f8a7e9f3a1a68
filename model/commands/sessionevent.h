// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/sessionfact.h"

namespace interlock {

enum class SessionEventKind { Connect, Established, Disconnect, Routes, Alert };

template <>
struct EnumNames<SessionEventKind>
{
    static constexpr NameTable<SessionEventKind, 5> kTable{{{SessionEventKind::Connect, u"connect"},
                                                            {SessionEventKind::Established, u"established"},
                                                            {SessionEventKind::Disconnect, u"disconnect"},
                                                            {SessionEventKind::Routes, u"routes"},
                                                            {SessionEventKind::Alert, u"alert"}}};
};

/// One thing that happened to a session.
struct SessionEvent
{
    SessionEventKind kind = SessionEventKind::Connect;
    Timestamp at;
    SessionFact session; ///< as it was then; for Disconnect as it was last
    QString text = {};   ///< the alert's sentence

    friend bool operator==(const SessionEvent &, const SessionEvent &) = default;
};

/// What happened between two readings of the sessions, ordered by session; those of one session in the order of the
/// enumeration. Counters alone are no event.
/// \complexity O(n log n)
[[nodiscard]] std::vector<SessionEvent> sessionEvents(std::vector<SessionFact> before, std::vector<SessionFact> after,
                                                      Timestamp at);

} // namespace interlock
