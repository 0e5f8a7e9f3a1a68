// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/clientenvironment.h"

#include <QTest>

using namespace interlock;
using namespace interlock::openvpn;
using namespace Qt::StringLiterals;

namespace {

ClientEnvironment environment(std::initializer_list<std::pair<const char *, const char *>> variables)
{
    ClientEnvironment env;
    for (const auto &[name, value] : variables)
        env.add(name, value);
    return env;
}

} // namespace

class TestClientEnvironment : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void typedValuesOfADisconnect();
    void absentValuesAreNone();
    void wrongValuesAreNone();
    void passwordIsNeverKept(); // openvpn/FACTS.md 25
    void firstOfTwoEqualNamesCounts();
    void realAddressIsTheTrustedOneOrElseTheUntrustedOne();
    void realAddressOfIPv6HasNoPort();
    void commonNameTellsWhyThereIsNone();
    void tooManyVariablesAreCutOff();
    void tooManyBytesAreCutOff();
};

void TestClientEnvironment::typedValuesOfADisconnect()
{
    const auto env = environment({{"time_duration", "3"},
                                  {"bytes_sent", "2337"},
                                  {"bytes_received", "2138"},
                                  {"trusted_port", "42074"},
                                  {"trusted_ip", "10.99.0.13"},
                                  {"ifconfig_pool_remote_ip", "10.8.0.13"},
                                  {"time_unix", "1795290462"},
                                  {"common_name", "laptop"},
                                  {"username", "\xc5\x9fube"},
                                  {"IV_PLAT", "linux"},
                                  {"IV_VER", "2.6.14"},
                                  {"daemon_pid", "18469"},
                                  {"daemon_start_time", "1795290461"},
                                  {"ifconfig_local", "10.8.0.1"},
                                  {"ifconfig_netmask", "255.255.255.0"},
                                  {"dev_type", "tun"}});
    QCOMPARE(env.size(), 16U);
    QCOMPARE(env.commonName().value().toString(), u"laptop"_s);
    QCOMPARE(env.username(), u"\u015fube"_s);
    QCOMPARE(env.realAddress(), u"10.99.0.13:42074"_s);
    QCOMPARE(env.ifconfigLocal(), std::optional(Address::ipv4(0x0a080001)));
    QCOMPARE(env.ifconfigNetmask(), std::optional(Address::ipv4(0xffffff00)));
    QCOMPARE(env.ifconfigPoolRemote(), std::optional(Address::ipv4(0x0a08000d)));
    QCOMPARE(env.deviceType(), std::optional(DeviceType::Tun));
    QCOMPARE(env.ivVersion(), u"2.6.14"_s);
    QCOMPARE(env.ivPlatform(), u"linux"_s);
    QCOMPARE(env.bytesReceived(), std::optional<quint64>(2138));
    QCOMPARE(env.bytesSent(), std::optional<quint64>(2337));
    QCOMPARE(env.timeDuration(), std::optional(std::chrono::seconds(3)));
    QCOMPARE(env.timeUnix(), std::optional(Timestamp::fromMilliseconds(1'795'290'462'000)));
    QCOMPARE(env.daemonPid(), std::optional<quint64>(18469));
    QCOMPARE(env.daemonStartTime(), std::optional(Timestamp::fromMilliseconds(1'795'290'461'000)));
    QCOMPARE(env.value("IV_VER"), std::optional(QByteArrayView("2.6.14")));
}

void TestClientEnvironment::absentValuesAreNone()
{
    const ClientEnvironment env;
    QCOMPARE(env.size(), 0U);
    QVERIFY(!env.isTruncated());
    QVERIFY(!env.value("common_name"));
    QVERIFY(env.username().isEmpty());
    QVERIFY(env.realAddress().isEmpty());
    QVERIFY(!env.ifconfigLocal());
    QVERIFY(!env.deviceType());
    QVERIFY(!env.bytesReceived());
    QVERIFY(!env.timeDuration());
    QVERIFY(!env.timeUnix());
}

void TestClientEnvironment::wrongValuesAreNone()
{
    const auto env = environment({{"ifconfig_local", "10.8.0.256"},
                                  {"dev_type", "null"},
                                  {"bytes_received", "-1"},
                                  {"time_unix", "soon"},
                                  {"time_duration", "99999999999999999999"}});
    QVERIFY(!env.ifconfigLocal());
    QVERIFY(!env.deviceType());
    QVERIFY(!env.bytesReceived());
    QVERIFY(!env.timeUnix());
    QVERIFY(!env.timeDuration());
}

void TestClientEnvironment::passwordIsNeverKept()
{
    const auto env = environment({{"password", "s3cr3t"}, {"common_name", "a"}});
    QCOMPARE(env, environment({{"common_name", "a"}}));
    QVERIFY(!env.value("password"));
}

void TestClientEnvironment::firstOfTwoEqualNamesCounts()
{
    const auto env = environment({{"common_name", "real"}, {"common_name", "forged"}});
    QCOMPARE(env.commonName().value().toString(), u"real"_s);
}

void TestClientEnvironment::realAddressIsTheTrustedOneOrElseTheUntrustedOne()
{
    QCOMPARE(environment({{"untrusted_port", "2"}, {"untrusted_ip", "10.0.0.2"}}).realAddress(), u"10.0.0.2:2"_s);
    QCOMPARE(
        environment(
            {{"untrusted_port", "2"}, {"untrusted_ip", "10.0.0.2"}, {"trusted_port", "3"}, {"trusted_ip", "10.0.0.3"}})
            .realAddress(),
        u"10.0.0.3:3"_s);
}

void TestClientEnvironment::realAddressOfIPv6HasNoPort()
{
    QCOMPARE(environment({{"untrusted_port", "2"}, {"untrusted_ip6", "2001:db8::2"}}).realAddress(), u"2001:db8::2"_s);
}

void TestClientEnvironment::commonNameTellsWhyThereIsNone()
{
    QCOMPARE(ClientEnvironment().commonName().error().kind, ErrorKind::NotFound);
    QCOMPARE(environment({{"common_name", ""}}).commonName().error().kind, ErrorKind::Invalid);
    ClientEnvironment truncated;
    truncated.markTruncated();
    QCOMPARE(truncated.commonName().error().kind, ErrorKind::Limit);
}

void TestClientEnvironment::tooManyVariablesAreCutOff()
{
    ClientEnvironment env;
    for (std::size_t count = 0; count < ClientEnvironment::kMaxVariables; ++count)
        env.add("UV_X", "y");
    QVERIFY(!env.isTruncated());
    env.add("common_name", "late");
    QVERIFY(env.isTruncated());
    QCOMPARE(env.size(), ClientEnvironment::kMaxVariables);
    QVERIFY(!env.value("common_name"));
}

void TestClientEnvironment::tooManyBytesAreCutOff()
{
    ClientEnvironment env;
    env.add("A", QByteArray(ClientEnvironment::kMaxBytes - 1, 'x'));
    QVERIFY(!env.isTruncated());
    env.add("B", "");
    QVERIFY(env.isTruncated());
    QCOMPARE(env.size(), 1U);
}

QTEST_GUILESS_MAIN(TestClientEnvironment)
#include "tst_clientenvironment.moc"
