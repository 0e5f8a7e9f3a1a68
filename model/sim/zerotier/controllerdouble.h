// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/sim/zerotier/controllerserver.h"

#include <QJsonObject>
#include <QThread>
#include <QUrl>

#include <memory>

namespace interlock {

/// A ZeroTier controller for tests and for the demonstration: real bytes on a real port of 127.0.0.1, and the measured
/// behaviour of zerotier-one 1.14.1, its silent corruptions and its bad manners with it.
///
/// Every call may come from any one thread; it waits until the controller has done what was asked.
/// \source zerotier/FACTS.md 1 to 28, 35 to 39, 42 to 53; tests/sim/tst_zerotiertranscripts.cpp replays the recordings
class ControllerDouble
{
public:
    /// Where its event loop is: in a thread of its own, so that a test may block, or in that of the caller.
    enum class Lives { InOwnThread, InCallersThread };

    explicit ControllerDouble(ControllerOptions options = {}, Lives lives = Lives::InOwnThread);
    ~ControllerDouble();
    ControllerDouble(const ControllerDouble &) = delete;
    ControllerDouble &operator=(const ControllerDouble &) = delete;

    /// \param port  0: the one of the last time, or any. \returns false when it is taken
    [[nodiscard]] bool listen(quint16 port = 0);
    [[nodiscard]] quint16 port() const { return m_port; }
    [[nodiscard]] QUrl url() const; ///< "http://127.0.0.1:40123"; of Central "http://127.0.0.1:40123/api/v1"
    [[nodiscard]] QByteArray token() const { return m_token; }

    // What may happen to it.

    /// The process ends: nobody listens, connections are reset; memory and disk stay.
    void stop();
    /// The process ends and begins again on the same port, with what is on the disk. \source FACTS 51
    [[nodiscard]] bool restart();
    /// Something goes wrong with requests to come; several faults are used up in their order.
    void fail(Fault fault);
    void stopFailing();
    void change(const std::function<void(ControllerOptions &)> &how);
    /// 404 from now on; its members stay on the disk, and restart() brings them back to a network that was made again
    /// under the same id. \source FACTS 50, 51
    void wipeNetwork(const NetworkId &network);
    /// A device asks to join: it is there, unauthorised, with its identity. One that is there asks once more.
    /// After it is authorised it asks by itself, and its record changes once more. \returns false: no such network
    bool join(const NetworkId &network, const NodeId &node, const QByteArray &identity = {});
    /// What /peer says beside the roots.
    void setPeers(std::vector<PeerRecord> peers);
    /// What somebody else changes: the body of a POST, which creates what is not there.
    /// \returns the record afterwards; empty when it was refused
    QByteArray editOutside(const NetworkId &network, const QByteArray &body);
    QByteArray editOutside(const NetworkId &network, const NodeId &node, const QByteArray &body);
    /// Somebody else deletes it. \returns false: there is none
    bool deleteOutside(const NetworkId &network);
    bool deleteOutside(const NetworkId &network, const NodeId &node);
    /// Puts a record there exactly as it is, with the id that it says, as from a backup. \returns false: no record
    bool put(const QByteArray &record);

    // What there is.

    [[nodiscard]] QByteArray networkText(const NetworkId &network) const; ///< exact; empty: none
    [[nodiscard]] QByteArray memberText(const NetworkId &network, const NodeId &node) const;
    /// As networkText(), where 64-bit numbers may lose digits.
    [[nodiscard]] QJsonObject network(const NetworkId &network) const;
    [[nodiscard]] QJsonObject member(const NetworkId &network, const NodeId &node) const;
    [[nodiscard]] std::vector<QByteArray> networkIds() const;

    // What it was asked.

    [[nodiscard]] std::vector<SeenRequest> requests() const;
    [[nodiscard]] int mostInFlight() const;
    /// The most writes to one and the same path that were under way together: above 1, one may be lost (FACTS 35).
    [[nodiscard]] int mostWritesAtOnce() const;
    void forgetRequests();
    /// Connections that are served and that wait for one of the threads.
    [[nodiscard]] std::size_t connections() const;

private:
    template <typename Function>
    auto run(Function function) const;

    std::unique_ptr<ControllerServer> m_server;
    std::unique_ptr<QThread> m_thread; ///< none: the caller's
    QByteArray m_token;
    bool m_isCentral = false;
    quint16 m_port = 0;
};

} // namespace interlock
