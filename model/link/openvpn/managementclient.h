// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/openvpn/answer.h"
#include "model/link/openvpn/backoff.h"
#include "model/link/openvpn/commandqueue.h"
#include "model/link/openvpn/event.h"
#include "model/link/openvpn/linereader.h"
#include "model/link/openvpn/linkoptions.h"
#include "model/link/openvpn/linkstate.h"
#include "model/link/openvpn/managementcommand.h"
#include "model/link/openvpn/parser.h"
#include "model/link/openvpn/statussnapshot.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <optional>
#include <vector>

namespace interlock::openvpn {

class LinkSocket;

/// One run of an OpenVPN server: client ids are unique in it only.
/// \source openvpn/FACTS.md 39
struct ServerRun
{
    qint64 pid = 0;
    Timestamp since; ///< when it was CONNECTED; the epoch while it starts

    friend bool operator==(const ServerRun &, const ServerRun &) = default;
};

/// The link to one management interface: stays connected, answers the greeting, pairs answers with commands, and turns
/// lines into events. Lives on one thread, and so does everything that it calls; start() it there.
///
/// After each attach, in this order: generationBegan() if the server's run is not the one known before, events from
/// then on, statusReceived(), ready(). Events that come earlier are held back until the run is known.
///
/// \source openvpn/FACTS.md 14-20, 35, 39, 53
class ManagementClient : public QObject
{
    Q_OBJECT

public:
    explicit ManagementClient(LinkOptions options, QObject *parent = nullptr);
    ~ManagementClient() override;

    /// Connects, and connects again whenever the link is lost, until stop().
    void start();
    /// Leaves. Every open reply gets BackendUnavailable; live sessions do not notice (FACTS 34).
    void stop();
    /// Does not wait for the next try: somebody repaired something.
    void retryNow();

    /// Sends `command` when it is its turn. `reply` may be empty. Refused until it is known which run of the server
    /// this is, which is before any event() is told.
    void send(const ManagementCommand &command, Reply reply = {});
    /// Asks for `status 3`; statusReceived() follows. Nothing happens if one is under way.
    void requestStatus();

    [[nodiscard]] LinkState state() const { return m_state; }
    /// An English sentence about state().
    [[nodiscard]] const QString &why() const { return m_why; }
    [[nodiscard]] const ServerRun &run() const { return m_run; }
    /// Commands that wait for their answer.
    [[nodiscard]] qsizetype pending() const { return m_queue.size(); }

Q_SIGNALS:
    void stateChanged(interlock::openvpn::LinkState state, const QString &why);
    /// Client ids begin again at 0: the server was restarted, or another one is there.
    void generationBegan(const interlock::openvpn::ServerRun &run, const QString &why);
    /// Everything but greetings and answers.
    void eventReceived(const interlock::openvpn::Event &event);
    /// The answer to `status 3`, read. A large one is read on another thread meanwhile: what eventReceived() told since
    /// its time() is newer.
    void statusReceived(const interlock::openvpn::StatusSnapshot &snapshot);
    void ready();

private:
    // Connecting and losing.
    void connectNow();
    void onOpened();
    void onOpenFailed(LinkState state, const QString &why);
    void onClosed(const QString &why);
    void onReadable();
    void onPhaseOver();
    void onSilence();
    /// True while a line or a client's block has begun and not ended.
    [[nodiscard]] bool isInTheMiddle() const;
    /// From now on the server has so long to say something.
    void awaitNext();
    void leave(LinkState state, const QString &why, std::chrono::milliseconds retryIn);
    void drop(const QString &why);
    void refusePassword(const QString &why);
    void enter(LinkState state, const QString &why);

    // Speaking.
    [[nodiscard]] bool readLines();
    void enqueue(const ManagementCommand &command, Reply reply);
    void pump();
    void settle(Expected<std::optional<CommandQueue::Done>> outcome);

    // What the server says.
    void handle(Event &event);
    void deliver(const Event &event);
    void onGreeting();
    void onPasswordPrompt();
    void onHold(const Hold &hold);
    void onState(const StateChanged &state);
    void onRunKnown(const Expected<Answer> &answer);
    void beginGeneration(const QString &why);
    void askStatus();
    void onStatusAnswer(Expected<Answer> answer);
    void onStatus(const Expected<StatusSnapshot> &snapshot);

    LinkOptions m_options;
    LinkState m_state = LinkState::Stopped;
    QString m_why;
    Backoff m_backoff;

    LinkSocket *m_socketOrNull = nullptr; ///< a child
    quint64 m_attempt = 0;                ///< tells what belongs to a connection that is gone
    LineReader m_reader;
    Parser m_parser;
    CommandQueue m_queue;
    std::vector<char> m_chunk;
    std::vector<Event> m_events;
    std::vector<Event> m_early; ///< before the run was known

    ServerRun m_run;
    bool m_hasRun = false;       ///< m_run was told with generationBegan()
    bool m_isRestarting = false; ///< m_run is, so one generation is not begun twice
    bool m_isOpen = false;       ///< the socket is
    bool m_hasSentPassword = false;
    bool m_isGreeted = false;
    bool m_isRunKnown = false; ///< on this connection
    bool m_isReady = false;    ///< on this connection
    bool m_isStatusAsked = false;

    QTimer m_phase; ///< connecting, or connected and not greeted
    QTimer m_retry;
    QTimer m_silence; ///< nothing heard: keep alive, or blocked
    QTimer m_answer;  ///< of the command that is next in turn
    QTimer m_statusRetry;
};

} // namespace interlock::openvpn

Q_DECLARE_METATYPE(interlock::openvpn::ServerRun)
