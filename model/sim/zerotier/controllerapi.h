// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/sim/zerotier/controlleroptions.h"
#include "model/sim/zerotier/httpmessage.h"
#include "model/sim/zerotier/networkstore.h"
#include "model/values/memberrecord.h"

#include <functional>
#include <optional>

namespace interlock {

/// What a controller answers, and what it stores; no sockets.
class ControllerApi
{
public:
    /// Does what was asked and says the answer. \param isKept  false: nothing is stored, the answer is the same
    using Answer = std::function<HttpReply(bool isKept)>;

    explicit ControllerApi(ControllerOptions options);

    /// Reads what the request is about now; the writing is left to the answer, because a controller takes no lock in
    /// between: of two requests that were both read before either was written, one is lost.
    /// \source zerotier/FACTS.md 1, 2, 4, 11 to 23, 35, 43, 44
    [[nodiscard]] Answer answer(const HttpRequest &request);
    [[nodiscard]] static bool isWrite(const HttpRequest &request);

    /// A device asks for its configuration: its record appears, unauthorised unless the network is public, or an
    /// authorised one learns identity and version. It goes on asking once it is authorised.
    /// \param identity  public; empty: one is made up. \returns false when there is no such network
    /// \source zerotier/FACTS.md 37, 39, 47, transcript 09
    bool deviceAsks(quint64 network, quint64 node, const QByteArray &identity = {});
    /// Devices that were authorised since the last time ask again.
    void devicesAskAgain();
    [[nodiscard]] bool hasDevicesToAsk() const { return !m_dueToAsk.empty(); }

    /// What somebody else writes, as a POST would. \returns the record, or the controller's words
    tl::expected<QByteArray, QByteArray> postNetwork(quint64 network, const QByteArray &body);
    tl::expected<QByteArray, QByteArray> postMember(const QByteArray &network, const QByteArray &node,
                                                    const QByteArray &body);

    /// Stores a drafted member; a device that is authorised by it will ask. \returns the record's text
    QByteArray saveMember(quint64 network, quint64 node, ExactJson draft, bool isKept);

    [[nodiscard]] NetworkStore &store() { return m_store; }
    [[nodiscard]] ControllerOptions &options() { return m_options; }
    void setPeers(std::vector<PeerRecord> peers) { m_peers = std::move(peers); }
    [[nodiscard]] const std::vector<PeerRecord> &peers() const { return m_peers; }
    void setPort(quint16 port) { m_port = port; }
    [[nodiscard]] qint64 now() const; ///< milliseconds since 1970
    /// One of the ids that it was given, or a random one within its node.
    [[nodiscard]] quint64 freeNetworkId();

private:
    using Draft = tl::expected<ExactJson, QByteArray>;

    [[nodiscard]] bool isAuthorised(const HttpRequest &request) const;
    [[nodiscard]] std::optional<HttpReply> nodeReply(const QByteArray &path) const;
    [[nodiscard]] QByteArray statusText() const;
    [[nodiscard]] QByteArray healthText() const;
    [[nodiscard]] QByteArray peersText() const;
    [[nodiscard]] QByteArray versionFields() const;
    [[nodiscard]] HttpReply controllerReply() const;
    [[nodiscard]] Answer networksAnswer(const HttpRequest &request);
    [[nodiscard]] Answer createAnswer(const HttpRequest &request);
    [[nodiscard]] Answer networkAnswer(const HttpRequest &request, const QByteArray &id);
    [[nodiscard]] Answer membersAnswer(const HttpRequest &request, const QByteArray &id, bool isUnstable);
    [[nodiscard]] Answer memberAnswer(const HttpRequest &request, const QByteArray &id, const QByteArray &node);
    [[nodiscard]] Draft networkDraft(quint64 network, const QByteArray &body) const;
    [[nodiscard]] Draft memberDraft(const QByteArray &network, const QByteArray &node, const QByteArray &body) const;

    ControllerOptions m_options;
    NetworkStore m_store;
    std::vector<PeerRecord> m_peers;
    std::vector<std::pair<quint64, quint64>> m_dueToAsk;
    quint16 m_port = 0;
};

} // namespace interlock
