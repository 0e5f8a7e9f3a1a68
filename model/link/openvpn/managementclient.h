// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/openvpn/event.h"
#include "model/link/openvpn/linkoptions.h"
#include "model/link/openvpn/linkstate.h"
#include "model/link/openvpn/managementcommand.h"
#include "model/link/openvpn/statussnapshot.h"

#include <QObject>

#include <functional>
#include <memory>

namespace interlock::openvpn {

/// What the server said to a command.
struct Answer
{
    QString text;     ///< of SUCCESS
    QByteArray lines; ///< of an answer of many lines, each with LF, without END

    friend bool operator==(const Answer &, const Answer &) = default;
};

/// Called once, on the link's thread.
/// Errors: BackendRefused with the server's words; BackendUnavailable when the link is not there, is lost, or the
/// server does not answer; Limit when too much is waiting to be sent.
using Reply = std::function<void(Expected<Answer>)>;

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

    /// Sends `command` when it is its turn. `reply` may be empty. Refused unless Ready or Blocked.
    void send(ManagementCommand command, Reply reply = {});
    /// Asks for `status 3`; statusReceived() follows. Nothing happens if one is under way.
    void requestStatus();

    [[nodiscard]] LinkState state() const;
    /// An English sentence about state().
    [[nodiscard]] const QString &why() const;
    [[nodiscard]] const ServerRun &run() const;
    /// Commands that wait for their answer.
    [[nodiscard]] qsizetype pending() const;

Q_SIGNALS:
    void stateChanged(interlock::openvpn::LinkState state, const QString &why);
    /// Client ids begin again at 0: the server was restarted, or another one is there.
    void generationBegan(const interlock::openvpn::ServerRun &run, const QString &why);
    /// Everything but greetings and answers.
    void event(const interlock::openvpn::Event &event);
    void statusReceived(const interlock::openvpn::StatusSnapshot &snapshot);
    void ready();

private:
    class Link;
    std::unique_ptr<Link> m_link;
};

} // namespace interlock::openvpn

Q_DECLARE_METATYPE(interlock::openvpn::ServerRun)
