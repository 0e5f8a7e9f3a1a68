// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/zerotier/controllerdialect.h"
#include "model/link/zerotier/controllertimes.h"
#include "model/link/zerotier/controllerurl.h"
#include "model/link/zerotier/writelanes.h"
#include "model/values/memberrecord.h"
#include "model/values/networkrecord.h"

#include <QByteArray>
#include <QFuture>
#include <QObject>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace interlock {

class ControllerSender;

/// One ZeroTier controller: reads and writes its networks and members.
///
/// Call it on its thread. Every future is answered, also when the client is destroyed first (BackendUnavailable); an
/// answer may come on another thread. At most four requests are under way; the writes to one network, and those to one
/// member, go one after the other. The token is in no error, payload, address or log.
///
/// Errors of all: BackendUnavailable (nobody there, no answer in time, TLS, not ready), BackendRefused (token, rights,
/// a body that it cannot read), NotFound, BackendMismatch (no controller, one without the part asked for, the other
/// flavour), Invalid (no token). Payload: `status`, `url`, `tries`; `description` when the other side gave one. What is
/// worth it is tried again (see retryDelay()) before an error is answered. 200 proves nothing: compare the record that
/// a write answers with what was asked (FACTS 18). \source zerotier/FACTS.md A, D, E, G; CASES.md C1 to C5, C10, C11,
/// C13, C14, C18 to C20, D11, D13, R6, R11, R13
class ControllerClient : public QObject
{
    Q_OBJECT

public:
    ControllerClient(ControllerEndpoint endpoint, const QByteArray &token, ControllerTimes times = {},
                     QObject *parent = nullptr);
    ~ControllerClient() override;

    /// Who answers there, and whether it is a controller that is ready.
    [[nodiscard]] QFuture<Expected<ControllerIdentity>> probe();

    [[nodiscard]] QFuture<Expected<std::vector<NetworkId>>> networks();
    [[nodiscard]] QFuture<Expected<NetworkRecord>> network(const NetworkId &id);
    /// Makes one new network, and one only. Self-hosted: under `id`, or under a free one; Central chooses it.
    /// \returns Exists; Invalid when `id` does not begin with the controller's node id; Unsupported: `id` at Central
    [[nodiscard]] QFuture<Expected<NetworkRecord>> createNetwork(const std::optional<NetworkId> &id,
                                                                 const NetworkEdit &edit);
    /// Changes what `edit` names, in a network that was just read: self-hosted, writing to one that is gone makes a new
    /// one in its place (FACTS 15), which its creationTime tells.
    [[nodiscard]] QFuture<Expected<NetworkRecord>> writeNetwork(const NetworkId &id, const NetworkEdit &edit);
    /// Posts a saved record (NetworkRecord::raw) to the same id. Self-hosted, that makes the network when it is gone;
    /// its members are there again after a restart of the controller (FACTS 51). At Central it must be there. \returns
    /// Invalid when `id` does not begin with the controller's node id: nobody could join
    [[nodiscard]] QFuture<Expected<NetworkRecord>> restoreNetwork(const NetworkId &id, const QJsonObject &raw);
    /// With all its members. \returns NotFound when it was not there
    [[nodiscard]] QFuture<Expected<void>> deleteNetwork(const NetworkId &id);

    /// All members, in one request where the controller has it, else one each. Not those with reserved ids (FACTS 43).
    [[nodiscard]] QFuture<Expected<std::vector<MemberRecord>>> members(const NetworkId &id);
    /// The cheapest look at what has changed.
    [[nodiscard]] QFuture<Expected<std::map<NodeId, qint64>>> memberRevisions(const NetworkId &id);
    [[nodiscard]] QFuture<Expected<MemberRecord>> member(const NetworkId &id, const NodeId &node);
    /// Makes the member in advance when it is not there (FACTS 39). \returns NotFound when the network is not
    [[nodiscard]] QFuture<Expected<MemberRecord>> writeMember(const NetworkId &id, const NodeId &node,
                                                              const MemberEdit &edit);
    [[nodiscard]] QFuture<Expected<MemberRecord>> restoreMember(const NetworkId &id, const NodeId &node,
                                                                const QJsonObject &raw);
    /// A device that still runs comes back by itself, not authorised (FACTS 46).
    [[nodiscard]] QFuture<Expected<void>> deleteMember(const NetworkId &id, const NodeId &node);

    /// Who of the nodes is online; nobody at Central, where a member's record tells.
    [[nodiscard]] QFuture<Expected<std::vector<PeerRecord>>> peers();

    /// Requests since the beginning, every try counted.
    [[nodiscard]] int requestsSent() const;
    /// Requests that are under way now.
    [[nodiscard]] int underWay() const;

private:
    template <typename T>
    using Parse = std::function<Expected<T>(const QByteArray &)>;

    /// Why nothing can be sent at all, if so.
    [[nodiscard]] std::optional<Error> obstacle() const;
    template <typename T>
    QFuture<Expected<T>> ask(const ControllerRequest &request, Parse<T> parse);
    template <typename T>
    QFuture<Expected<T>> write(const QString &lane, const ControllerRequest &request, Parse<T> parse);
    QFuture<Expected<void>> erase(const QString &lane, const ControllerRequest &request);

    ControllerDialect m_dialect;
    ControllerTimes m_times;
    ControllerSender *m_sender; ///< none while the client is being destroyed
    WriteLanes *m_lanes;
};

} // namespace interlock
