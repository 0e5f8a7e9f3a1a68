// SPDX-License-Identifier: GPL-3.0-or-later
//
// interlock_controllerdouble [--node ID] [--token T] [--port N] [--central]: a ZeroTier controller for tests in
// Python. Prints "http://127.0.0.1:PORT" and serves until its standard input ends. Each line of that is a JSON object,
// and is answered with one line, `{"ok":true}` or what was asked for, or `{"error":"..."}`:
//
//   {"fault":"lostReply","method":"POST","path":"/controller/network/*","count":1}   slow (with "ms"), reset, halfBody,
//                                      lostReply, lostWrite, status (with "status", "body", "headers":
//                                      {"Retry-After":"1"})
//   {"faults":[]}                      no more faults
//   {"requests":true}                  what it was asked since the last such question:
//                                      {"requests":[{"method","path","body","status"}],"mostInFlight":1,"mostWritesAtOnce":1}
//   {"join":{"network":"..","node":".."}}           a device asks to join
//   {"online":[{"node":"..","address":"192.0.2.1/9993","latency":3,"version":"1.14.1"}]}   what /peer says
//   {"edit":{"network":"..","node":"..","body":{..}}}   somebody else changes a network, or with "node" a member
//   {"delete":{"network":"..","node":".."}}         somebody else deletes it
//   {"put":{..}}                       a record exactly as it is
//   {"wipe":"NETWORK"}                 its file is lost   {"restart":true}   {"stop":true}   {"start":true}
//   {"network":"NETWORK"}  {"member":{"network":"..","node":".."}}  {"networks":true}   what is stored
//   {"options":{"isReady":false}}      isReady, isOnline, isManagementAllowed, hasUnstable, hasOldMemberList,
//                                      requestsPerSecond
#include "model/sim/zerotier/controllerdouble.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

#include <cstdio>
#include <iostream>
#include <string>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

void say(const QByteArray &line)
{
    std::cout << line.toStdString() << std::endl;
}

QByteArray lineOf(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QByteArray bytesOf(const QJsonValue &value)
{
    return value.isString() ? value.toString().toUtf8() : lineOf(value.toObject());
}

std::optional<Fault::Kind> kindOf(const QString &name)
{
    using Kind = Fault::Kind;
    static const std::map<QString, Kind> kinds{{u"slow"_s, Kind::Slow},           {u"reset"_s, Kind::Reset},
                                               {u"halfBody"_s, Kind::HalfBody},   {u"lostReply"_s, Kind::LostReply},
                                               {u"lostWrite"_s, Kind::LostWrite}, {u"status"_s, Kind::Status}};
    const auto found = kinds.find(name);
    return found == kinds.end() ? std::nullopt : std::optional(found->second);
}

class Desk
{
public:
    explicit Desk(ControllerDouble &controller) : m_controller(controller) {}

    QByteArray answer(const QJsonObject &order)
    {
        for (const auto &[name, handler] : handlers()) {
            if (order.contains(name))
                return handler(order);
        }
        return error(u"nothing that is understood"_s);
    }

private:
    using Handler = std::function<QByteArray(const QJsonObject &)>;

    static QByteArray error(const QString &text) { return lineOf({{u"error"_s, text}}); }
    static QByteArray done(bool isDone) { return isDone ? lineOf({{u"ok"_s, true}}) : error(u"that did not work"_s); }

    std::vector<std::pair<QString, Handler>> handlers()
    {
        return {
            {u"fault"_s, [this](const auto &order) { return addFault(order); }},
            {u"faults"_s, [this](const auto &) { return m_controller.stopFailing(), done(true); }},
            {u"requests"_s, [this](const auto &) { return requests(); }},
            {u"options"_s, [this](const auto &order) { return setOptions(order[u"options"].toObject()); }},
            {u"online"_s, [this](const auto &order) { return setPeers(order[u"online"].toArray()); }},
            {u"put"_s, [this](const auto &order) { return done(m_controller.put(bytesOf(order[u"put"]))); }},
            {u"restart"_s, [this](const auto &) { return done(m_controller.restart()); }},
            {u"stop"_s, [this](const auto &) { return m_controller.stop(), done(true); }},
            {u"start"_s, [this](const auto &) { return done(m_controller.listen()); }},
            {u"networks"_s, [this](const auto &) { return networks(); }},
            {u"join"_s, [this](const auto &order) { return withIds(order, u"join"_s); }},
            {u"edit"_s, [this](const auto &order) { return withIds(order, u"edit"_s); }},
            {u"delete"_s, [this](const auto &order) { return withIds(order, u"delete"_s); }},
            {u"member"_s, [this](const auto &order) { return withIds(order, u"member"_s); }},
            {u"wipe"_s, [this](const auto &order) { return withIds(order, u"wipe"_s); }},
            {u"network"_s, [this](const auto &order) { return withIds(order, u"network"_s); }},
        };
    }

    QByteArray addFault(const QJsonObject &order)
    {
        const auto kind = kindOf(order[u"fault"].toString());
        if (!kind)
            return error(u"no such fault"_s);
        Fault fault{*kind,
                    order[u"method"].toString().toUtf8(),
                    order[u"path"].toString().toUtf8(),
                    order[u"count"].toInt(1),
                    std::chrono::milliseconds(order[u"ms"].toInt()),
                    order[u"status"].toInt(503),
                    {},
                    {}};
        if (order.contains(u"body"_s))
            fault.body = bytesOf(order[u"body"]);
        const QJsonObject headers = order[u"headers"].toObject();
        for (auto header = headers.begin(); header != headers.end(); ++header)
            fault.headers[header.key().toUtf8()] = header.value().toVariant().toString().toUtf8();
        m_controller.fail(fault);
        return done(true);
    }

    QByteArray requests()
    {
        QJsonArray seen;
        for (const SeenRequest &request : m_controller.requests())
            seen += QJsonObject{{u"method"_s, QString::fromUtf8(request.method)},
                                {u"path"_s, QString::fromUtf8(request.path)},
                                {u"body"_s, QString::fromUtf8(request.body)},
                                {u"status"_s, request.status}};
        const QJsonObject answer{{u"requests"_s, seen},
                                 {u"mostInFlight"_s, m_controller.mostInFlight()},
                                 {u"mostWritesAtOnce"_s, m_controller.mostWritesAtOnce()}};
        m_controller.forgetRequests();
        return lineOf(answer);
    }

    QByteArray setOptions(const QJsonObject &values)
    {
        m_controller.change([&](ControllerOptions &options) {
            options.isReady = values[u"isReady"].toBool(options.isReady);
            options.isOnline = values[u"isOnline"].toBool(options.isOnline);
            options.isManagementAllowed = values[u"isManagementAllowed"].toBool(options.isManagementAllowed);
            options.hasUnstable = values[u"hasUnstable"].toBool(options.hasUnstable);
            options.requestsPerSecond = values[u"requestsPerSecond"].toInt(options.requestsPerSecond);
            options.hasOldMemberList = values[u"hasOldMemberList"].toBool(options.hasOldMemberList);
        });
        return done(true);
    }

    QByteArray setPeers(const QJsonArray &list)
    {
        std::vector<PeerRecord> peers;
        for (const QJsonValue &value : list) {
            const QJsonObject peer = value.toObject();
            const auto node = NodeId::parse(peer[u"node"].toString(value.toString()));
            if (!node)
                return error(node.error().detail);
            peers.push_back({*node,
                             peer[u"latency"].toInt(12),
                             peer[u"address"].toString(u"192.0.2.1/9993"_s),
                             {},
                             peer[u"version"].toString(u"1.14.1"_s),
                             u"LEAF"_s});
        }
        m_controller.setPeers(std::move(peers));
        return done(true);
    }

    QByteArray networks()
    {
        QJsonArray ids;
        for (const QByteArray &id : m_controller.networkIds())
            ids += QString::fromUtf8(id);
        return lineOf({{u"networks"_s, ids}});
    }

    /// An order about a network or a member of it: {"join":{"network":"..","node":".."}}, {"wipe":".."}.
    QByteArray withIds(const QJsonObject &order, const QString &verb)
    {
        const QJsonObject what = order[verb].toObject();
        const auto network =
            NetworkId::parse(order[verb].isString() ? order[verb].toString() : what[u"network"].toString());
        if (!network)
            return error(network.error().detail);
        if (!what.contains(u"node"_s))
            return onNetwork(*network, verb, what);
        const auto node = NodeId::parse(what[u"node"].toString());
        return node ? onMember(*network, *node, verb, what) : error(node.error().detail);
    }

    QByteArray onNetwork(const NetworkId &network, const QString &verb, const QJsonObject &what)
    {
        if (verb == u"wipe")
            return m_controller.wipeNetwork(network), done(true);
        if (verb == u"delete")
            return done(m_controller.deleteOutside(network));
        if (verb == u"edit")
            return done(!m_controller.editOutside(network, bytesOf(what[u"body"])).isEmpty());
        const QByteArray text = m_controller.networkText(network);
        return verb != u"network" ? error(u"no node"_s) : text.isEmpty() ? QByteArray("null") : text;
    }

    QByteArray onMember(const NetworkId &network, const NodeId &node, const QString &verb, const QJsonObject &what)
    {
        if (verb == u"join")
            return done(m_controller.join(network, node));
        if (verb == u"delete")
            return done(m_controller.deleteOutside(network, node));
        if (verb == u"edit")
            return done(!m_controller.editOutside(network, node, bytesOf(what[u"body"])).isEmpty());
        const QByteArray text = m_controller.memberText(network, node);
        return verb != u"member" ? error(u"a node too many"_s) : text.isEmpty() ? QByteArray("null") : text;
    }

    ControllerDouble &m_controller;
};

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOption({u"node"_s, u"Its node id."_s, u"ID"_s, u"4bb8520480"_s});
    parser.addOption({u"token"_s, u"The token that it wants."_s, u"TOKEN"_s});
    parser.addOption({u"port"_s, u"Where it listens; 0: anywhere."_s, u"PORT"_s, u"0"_s});
    parser.addOption({u"central"_s, u"It is ZeroTier Central."_s});
    parser.process(application);

    ControllerOptions options;
    const auto node = NodeId::parse(parser.value(u"node"_s));
    if (!node) {
        std::cerr << qPrintable(node.error().detail) << '\n';
        return 2;
    }
    options.node = *node;
    if (parser.isSet(u"token"_s))
        options.token = parser.value(u"token"_s).toUtf8();
    options.isCentral = parser.isSet(u"central"_s);
    ControllerDouble controller(options);
    if (!controller.listen(parser.value(u"port"_s).toUShort())) {
        std::cerr << "the port is taken\n";
        return 1;
    }
    say(controller.url().toString().toUtf8());
    Desk desk(controller);
    for (std::string line; std::getline(std::cin, line);)
        say(desk.answer(QJsonDocument::fromJson(QByteArray::fromStdString(line)).object()));
    return 0;
}
