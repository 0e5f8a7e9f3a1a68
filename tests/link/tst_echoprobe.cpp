// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/linux/echoprobe.h"
#include "tests/support/ownnetwork.h"

#include <QSignalSpy>
#include <QTest>

#include <linux/capability.h>
#include <sys/syscall.h>
#include <thread>

using namespace interlock;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Address address(const QString &text)
{
    return Address::parse(text).value();
}

/// "outcome answeredBy" of a probe, or what refused it.
QString resultOf(const QString &target, const QString &device = {}, std::chrono::milliseconds patience = 20s)
{
    const auto probe = EchoProbe::send(address(target), device, patience);
    if (!probe)
        return nameOf(probe.error().kind);
    EchoResult result;
    int count = 0;
    QObject::connect(probe->get(), &EchoProbe::finished, probe->get(), [&](const EchoResult &found) {
        result = found;
        ++count;
    });
    if (!QTest::qWaitFor([&] { return count > 0; }, 60'000))
        return u"never"_s;
    QTest::qWait(0); // a second answer would come now
    const QStringList words{u"reached"_s, u"answered"_s, u"nothing"_s};
    const QString by = result.answeredBy ? u" "_s + result.answeredBy->toString() : QString();
    return (count == 1 ? QString() : u"twice "_s) + words.at(static_cast<int>(result.outcome)) + by;
}

} // namespace

/// Beside 10.9.0.1 on a wire: a router 10.9.0.2, which knows 10.10.0.1 and that there is no 10.10.1.0/24, and says
/// nothing about 10.10.2.0/24.
class TestEchoProbe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        ENTER_OWN_NETWORK_OR_SKIP();
        m_router.start(u"unshare"_s, {u"-n"_s, u"sh"_s, u"-c"_s, u"echo there; exec sleep 600"_s});
        QVERIFY(m_router.waitForReadyRead(20'000));
        const Ran made = sh(uR"(
            ip link set lo up
            ip link add wire type veth peer name far
            ip link set far netns %1
            ip address add 10.9.0.1/24 dev wire
            ip link set wire up
            ip link add hole type veth peer name deaf
            ip link set deaf up
            ip address add 10.11.0.1/24 dev hole
            ip link set hole up
            far() { nsenter --target %1 --net "$@"; }
            far ip link set lo up
            far ip link set far up
            far ip address add 10.9.0.2/24 dev far
            far ip address add 10.10.0.1/24 dev lo
            far sysctl -q -w net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0
            far ip route add unreachable 10.10.1.0/24
            far ip route add blackhole 10.10.2.0/24
            ip route add 10.10.0.0/16 via 10.9.0.2
        )"_s.arg(m_router.processId()));
        QVERIFY2(made.exitCode == 0, qPrintable(made.output));
    }
    void cleanupTestCase()
    {
        m_router.kill();
        m_router.waitForFinished();
    }

    void whatComesBackIsTold_data()
    {
        QTest::addColumn<bool>("isUnprivileged");
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("result");
        for (const bool isUnprivileged : {false, true}) {
            const QByteArray kind = isUnprivileged ? "ping socket: " : "raw socket: ";
            const auto add = [&](const char *name, const char *target, const char *result) {
                QTest::newRow((kind + name).constData())
                    << isUnprivileged << QString::fromLatin1(target) << QString::fromLatin1(result);
            };
            add("a host that is there", "10.10.0.1", "reached 10.10.0.1");
            add("a router that knows no such network", "10.10.1.1", "answered 10.9.0.2");
            add("a packet that is dropped on the way", "10.10.2.1", "nothing");
            add("a network that nothing leads to", "10.12.0.1", "backendUnavailable");
            add("IPv6", "fd00::1", "unsupported");
        }
    }
    void whatComesBackIsTold()
    {
        QFETCH(const bool, isUnprivileged);
        QFETCH(const QString, target);
        QFETCH(const QString, result);
        const QString range = isUnprivileged ? u"0 2147483647"_s : u"1 0"_s;
        QCOMPARE(sh(u"sysctl -q -w net.ipv4.ping_group_range='%1'"_s.arg(range)).exitCode, 0);
        QCOMPARE(resultOf(target, {}, result == u"nothing" ? 300ms : 20s), result);
    }

    void itLeavesByTheDeviceThatItIsGiven()
    {
        QCOMPARE(sh(u"sysctl -q -w net.ipv4.ping_group_range='1 0'"_s).exitCode, 0);
        QCOMPARE(resultOf(u"10.10.0.1"_s, u"wire"_s), u"reached 10.10.0.1"_s);
        QCOMPARE(resultOf(u"10.10.0.1"_s, u"hole"_s, 300ms), u"nothing"_s);
        QCOMPARE(resultOf(u"10.10.0.1"_s, u"tun99"_s), u"backendUnavailable"_s);
    }

    void withoutTheRightItSaysWhatIsMissing()
    {
        QCOMPARE(sh(u"sysctl -q -w net.ipv4.ping_group_range='1 0'"_s).exitCode, 0);
        QString kind;
        std::thread([&kind] {
            __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
            std::array<__user_cap_data_struct, 2> none{};
            if (syscall(SYS_capset, &header, none.data()) != 0)
                return;
            const auto probe = EchoProbe::send(address(u"127.0.0.1"_s), {}, 1s);
            kind = probe ? u"sent"_s
                         : nameOf(probe.error().kind) + u' ' + probe.error().payload[u"capability"_s].toString();
        }).join();
        QCOMPARE(kind, u"unsupported CAP_NET_RAW"_s);
    }

private:
    QProcess m_router;
};

QTEST_GUILESS_MAIN(TestEchoProbe)
#include "tst_echoprobe.moc"
