// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/zerotier/controllerreply.h"
#include "model/link/zerotier/requestqueue.h"

#include <QObject>

#include <functional>
#include <memory>

class QNetworkAccessManager;
class QNetworkReply;

namespace interlock {

/// Sends requests to one controller: at most four at a time, again when that may help, and tells what came of it.
/// \source CASES.md R6, R11
class ControllerSender : public QObject
{
public:
    using Then = std::function<void(const ControllerReply &)>;

    ControllerSender(ControllerEndpoint endpoint, const QByteArray &token, ControllerTimes times,
                     QObject *parent = nullptr);
    ~ControllerSender() override;

    /// Calls `then` once, later, with the answer or what is left after the last try. What is under way or waits when
    /// this is destroyed is given up: its `then` is not called, but destroyed.
    void send(const ControllerRequest &request, Then then);

    [[nodiscard]] Error errorOf(const ControllerRequest &request, const ControllerReply &reply) const;
    [[nodiscard]] Error placed(Error error, const ControllerRequest &request, const ControllerReply &reply) const;
    /// Whether there is a token at all. \returns Invalid
    [[nodiscard]] const Expected<QByteArray> &token() const { return m_token; }

    [[nodiscard]] int requestsSent() const { return m_requestsSent; }
    [[nodiscard]] int underWay() const { return m_queue.underWay(); }

private:
    struct Flight;
    void launch(const std::shared_ptr<Flight> &flight);
    [[nodiscard]] QNetworkReply *start(Flight &flight);
    void watch(const std::shared_ptr<Flight> &flight, QNetworkReply *reply);
    void finish(std::shared_ptr<Flight> flight, QNetworkReply *reply);
    void retry(const std::shared_ptr<Flight> &flight, std::chrono::milliseconds delay);

    ControllerEndpoint m_endpoint;
    Expected<QByteArray> m_token;
    ControllerTimes m_times;
    RequestQueue m_queue;
    QNetworkAccessManager *m_network;
    int m_requestsSent = 0;
};

} // namespace interlock
