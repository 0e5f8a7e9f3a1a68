// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/memberpusher.h"
#include "model/engine/networkturn.h"

#include <QElapsedTimer>
#include <QTimer>

#include <map>
#include <vector>

namespace interlock {

/// How often networks are looked at, and how long somebody waits. Tests shorten them.
struct NetworkTimes
{
    std::chrono::milliseconds watch{30'000};           ///< between two looks
    std::chrono::milliseconds afterEdit{500};          ///< from a commit that is about members to the next look
    std::chrono::milliseconds patience{3'000};         ///< for the turn to write; the next look tries again
    std::chrono::milliseconds slow{600'000};           ///< between tries of a member that has failed kMemberTries times
    std::chrono::milliseconds snapshot{6 * 3'600'000}; ///< between two copies of a network
};

/// After so many tries in a row a member is an error, and is tried seldom. \source CASES.md C11
inline constexpr int kMemberTries = 5;

enum class NoticeLevel { Info, Warning, Error };

/// Something about a network that somebody should know: one for each change of state, and one when it is over.
struct NetworkNotice
{
    NetworkName network;
    NoticeLevel level = NoticeLevel::Info;
    QString text; ///< one English sentence without a final newline

    friend bool operator==(const NetworkNotice &, const NetworkNotice &) = default;
};

/// Watches every network of a store: sends what is staged about members, tells when somebody changed what we applied or
/// when a controller lost a network, and keeps copies. Routes are never sent from here: that is an apply, which
/// somebody asks for. \source SEMANTICS.md 5; CASES.md R4, R8, R10, R11, C10 to C12
class NetworkKeeper : public QObject
{
    Q_OBJECT

public:
    /// \param holder  of leases; unique to the process, readable
    NetworkKeeper(const NetworkPorts &ports, ChangeFeed &feed, QString holder, NetworkTimes times = {},
                  QObject *parent = nullptr);
    ~NetworkKeeper() override;

    void start();
    /// Nothing more is begun; what is under way ends.
    void stop();

Q_SIGNALS:
    void noticed(const interlock::NetworkNotice &notice);
    /// Every network was looked at once more.
    void roundEnded();

private:
    struct Watched;

    void changed(const std::vector<JournalEntry> &entries);
    void beginRound();
    void lookAtNext();
    void endRound();
    void judge(const NetworkName &name, const Expected<NetworkSight> &sight);
    void judgeRoutes(Watched &watched, const NetworkSight &sight);
    void keepCopy(Watched &watched, const NetworkSight &sight);
    [[nodiscard]] bool hasWork(const Watched &watched, const NetworkSight &sight) const;
    void push(const NetworkName &name, const NetworkSight &sight);
    void pushed(Watched &watched, const PushReport &report);
    void memberFailed(Watched &watched, const FailedMember &member);
    void setState(Watched &watched, const QString &state, NoticeLevel level, const QString &text);
    void tell(const Watched &watched, NoticeLevel level, const QString &text);

    NetworkPorts m_ports;
    QString m_holder;
    NetworkTimes m_times;
    NetworkReader m_reader;
    MemberPusher m_pusher;
    QTimer m_timer;
    std::map<NetworkName, Watched> m_watched;
    std::vector<NetworkName> m_queue;
    bool m_isInRound = false;
    bool m_isStopped = true;
    bool m_isWantedAgain = false; ///< rows changed during a round
};

} // namespace interlock
