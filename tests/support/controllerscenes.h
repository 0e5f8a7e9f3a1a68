// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/controllerbed.h"

#include <QRegularExpression>
#include <QTest>

#include <map>

// What the recordings of tests/fixtures/zerotier/transcripts begin with, and what happened between their requests.

namespace interlock::scenes {

using namespace Qt::StringLiterals;

/// What a controller was like when a recording of it begins, and what happened to it between two recorded requests.
struct Scene
{
    ControllerOptions options = {};
    std::function<void(ControllerDouble &)> begin = {};
    std::map<QString, std::function<void(ControllerDouble &)>> before = {}; ///< by the title of the next request
    /// Titles of requests that cannot be replayed, with the reason.
    std::map<QString, QString> notReplayed = {};
    /// Titles of answers whose body cannot be compared, with the reason.
    std::map<QString, QString> bodyNotCompared = {};
    /// Titles of answers whose recorded length is not that of the recorded body, with the reason.
    std::map<QString, QString> lengthNotCompared = {};
};

inline const QString kOtherFolder = u"the recording names another \"homeDir\" than was sent, a few bytes longer"_s;

/// A record as the first recorded answer has it, but for `changes`.
inline QByteArray networkRecord(const QByteArray &id, qint64 creationTime, int revision, const QByteArray &changes)
{
    ControllerDouble maker;
    maker.editOutside(networkId(id), changes);
    QByteArray record = maker.networkText(networkId(id));
    static const QRegularExpression kTime(u"\"creationTime\":\\d+"_s);
    static const QRegularExpression kRevision(u"\"revision\":\\d+"_s);
    QString text = QString::fromUtf8(record);
    text.replace(kTime, u"\"creationTime\":%1"_s.arg(creationTime));
    text.replace(kRevision, u"\"revision\":%1"_s.arg(revision));
    return text.toUtf8();
}

inline std::function<void(ControllerDouble &)> withNetwork(const QByteArray &id, qint64 creationTime, int revision,
                                                           const QByteArray &changes)
{
    return [=](ControllerDouble &controller) {
        QVERIFY(controller.put(networkRecord(id, creationTime, revision, changes)));
    };
}

inline std::function<void(ControllerDouble &)> withName(const char *id, const QByteArray &name)
{
    return [id = networkId(id), name](ControllerDouble &controller) {
        QVERIFY(!controller.editOutside(id, "{\"name\":" + jsonQuoted(name) + '}').isEmpty());
    };
}

inline Scene statusScene()
{
    Scene scene;
    scene.options.publicIdentity =
        "4bb8520480:0:7add2a7cf51fce6b13c26c0e8f873f57e4ac9641323d74d73f5119fa3f73cc702a2df439"
        "a2203c20d26db38d68cac2478cad000b2f911c8bca85dbbf952010a9";
    // The recorded request came from another address; here every client is at 127.0.0.1.
    scene.before[u"from non loopback address (good token)"_s] = [](ControllerDouble &controller) {
        controller.change([](ControllerOptions &options) { options.isManagementAllowed = false; });
    };
    scene.before[u"unauthenticated /health"_s] = [](ControllerDouble &controller) {
        controller.change([](ControllerOptions &options) { options.isManagementAllowed = true; });
    };
    for (const auto &title : {u"status"_s, u"status Authorization: Bearer"_s, u"status ?auth= query"_s})
        scene.lengthNotCompared[title] = kOtherFolder;
    scene.bodyNotCompared[u"metrics with auth token"_s] = u"10788 bytes of counters, of which 200 were recorded"_s;
    return scene;
}

inline Scene crudScene()
{
    Scene scene;
    scene.options.networkIds = {networkId("4bb852048089dc98"), networkId("4bb8520480355645"),
                                networkId("4bb85204802617a7")};
    return scene;
}

inline Scene httpScene()
{
    Scene scene;
    scene.begin = withNetwork("4bb852048046f421", 1795290257036, 1, R"({"name":"http"})");
    scene.before[u"JSON nested 100000 deep (unknown key)"_s] = withName("4bb852048046f421", "http");
    scene.before[u"jsonp"_s] = withName("4bb852048046f421", "gzip");
    return scene;
}

inline constexpr const char *kMemberIdentity =
    "a9373d8380:0:"
    "61077432a7f6d83517f4a52df045e68460d9a16184dce0d9ab2e8d15694d525ce3b5ff0ecdcf189acce7e3f25214bd05ed2e6a"
    "650fb826d76d2a97c0bdeff67b";

inline Scene realMemberScene()
{
    const NetworkId lab = networkId("79637e24f06f347e");
    const NodeId device = nodeId("a9373d8380");
    const auto joins = [=](ControllerDouble &controller) { QVERIFY(controller.join(lab, device, kMemberIdentity)); };
    Scene scene;
    scene.options.node = nodeId("79637e24f0");
    scene.options.publicIdentity =
        "79637e24f0:0:db27a02a7f0804ac958928cd36fcbf9ca645781634a57e877ae93b23aabc9c67289a6482"
        "0b79a4620b1a5af8412881aae4528abb9133fbb5cdf67d89c5766a0d";
    scene.options.bind = "198.51.100.1";
    scene.options.shownPort = 29994;
    scene.options.isOnline = true;
    scene.options.networkIds = {lab};
    scene.lengthNotCompared[u"controller: status"_s] = kOtherFolder;
    scene.before[u"controller: member record of an unauthorised joiner"_s] = joins;
    scene.before[u"controller: member after real join"_s] = [=](ControllerDouble &controller) {
        controller.editOutside(lab, device, R"({"authorized":true,"ipAssignments":["10.1.1.10"]})");
    };
    scene.before[u"controller: peers (is the member online?)"_s] = [=](ControllerDouble &controller) {
        controller.setPeers({{device, 12, u"198.51.100.2/29995"_s, {}, u"1.14.1"_s, u"LEAF"_s}});
    };
    scene.before[u"controller: DELETE a member that is joined and asking"_s] = [=](ControllerDouble &controller) {
        for (int i = 0; i < 5; ++i) { // thirteen changes lie between the two recorded records
            controller.editOutside(lab, device, R"({"activeBridge":true})");
            controller.editOutside(lab, device, R"({"activeBridge":false})");
        }
        controller.editOutside(lab, device, R"({"noAutoAssignIps":true})");
        controller.editOutside(lab, device, R"({"ipAssignments":["10.1.1.5"]})");
        controller.editOutside(lab, device, R"({"authorized":false})");
    };
    scene.before[u"controller: member after delete (re-created by the node asking again)"_s] = joins;
    for (const auto &title :
         {u"member node: status"_s, u"member node: join"_s, u"member node: network after authorise"_s,
          u"member node: network with 500 routes configured"_s, u"member node: after deauthorise"_s})
        scene.notReplayed[title] = u"asked of the member's own node on port 29995, not of the controller"_s;
    return scene;
}

inline Scene recoveryScene()
{
    Scene scene;
    scene.begin = [](ControllerDouble &controller) {
        for (const char *id :
             {"4bb85204802617a7", "4bb8520480355645", "4bb852048046f421", "4bb852048089dc98", "4bb8520480697d3c",
              "4bb8520480b18b7f", "4bb8520480b65e15", "4bb8520480e20665", "4bb8520480e674a3"})
            controller.editOutside(networkId(id), "{}");
        for (int i = 0; i < 5000; ++i)
            controller.editOutside(networkId("4bb8520480697d3c"),
                                   nodeId(QByteArray::number(0x4000000000 + i, 16).constData()), "{}");
        controller.wipeNetwork(networkId("4bb8520480697d3c"));
    };
    scene.before[u"members after re-create and restart of the controller"_s] = [](ControllerDouble &controller) {
        QVERIFY(controller.restart());
    };
    scene.before[u"revision persists over restart"_s] = [](ControllerDouble &controller) {
        controller.editOutside(networkId("4bb852048020ab7c"), R"({"name":"race"})");
        QVERIFY(controller.restart());
    };
    return scene;
}

inline std::map<QString, std::function<Scene()>> scenes()
{
    const auto begin = [](const QByteArray &id, qint64 creationTime, int revision, const QByteArray &changes) {
        return [=] {
            Scene scene;
            scene.begin = withNetwork(id, creationTime, revision, changes);
            return scene;
        };
    };
    return {
        {u"01-status-auth.http"_s, statusScene},
        {u"02-network-crud.http"_s, crudScene},
        {u"03-routes.http"_s, begin("4bb8520480e20665", 1795289911852, 1, R"({"name":"routes"})")},
        {u"04-route-limit.http"_s, begin("4bb8520480e20665", 1795289911852, 32, R"({"name":"routes"})")},
        {u"05-members.http"_s,
         begin("4bb852048057b5c8", 1795289967542, 1,
               R"({"name":"members","routes":[{"target":"10.0.0.0/8"},{"target":"10.1.1.0/24"}]})")},
        {u"06-pools-assignmodes.http"_s, begin("4bb8520480e674a3", 1795289967960, 1, R"({"name":"pools"})")},
        {u"07-concurrency.http"_s,
         begin("4bb8520480b65e15", 1795290112146, 313,
               R"({"name":"race","mtu":1598,"multicastLimit":1277,"remoteTraceTarget":"000000012b",
                                             "routes":[{"target":"10.46.0.0/16"}]})")},
        {u"08-http-behaviour.http"_s, httpScene},
        {u"09-real-member.http"_s, realMemberScene},
        {u"13-recovery.http"_s, recoveryScene},
    };
}

} // namespace interlock::scenes
