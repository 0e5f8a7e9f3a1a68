// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/localsecrets.h"
#include "model/engine/networkapplier.h"
#include "model/store/livestore.h"
#include "tests/support/controllerbed.h"
#include "tests/support/teststore.h"

#include <QTemporaryDir>
#include <QTest>

namespace interlock::test {

/// A store with a network whose controller is the double.
struct NetworkBed
{
    explicit NetworkBed(Dialect dialect, int children = 2)
        : place(dialect), store(place.open(&clock)), secrets(QString()),
          controllers(secrets, fastTimes()), ports{*store, *store, store->live(), store->live(), controllers, clock}
    {
        if (!controller.listen() || controller.editOutside(id, R"({"name":"lab"})").isEmpty())
            qFatal("there is no controller");
        QFile token(folder.filePath(QStringLiteral("token")));
        if (!token.open(QIODevice::WriteOnly) || token.write(controller.token()) < 0)
            qFatal("there is no token");
        token.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        token.close();
        edit(AddController{{ControllerName::parse(u"hq").value(),
                            controller.url().toString(),
                            token.fileName(),
                            ControllerFlavour::SelfHosted,
                            {},
                            {},
                            0}});
        addSubnet("10.0.0.0/8");
        for (int i = 0; i < children; ++i)
            addSubnet(QStringLiteral("10.1.%1.0/24").arg(i + 1).toLatin1().constData());
        NetworkRow row{name, id, ControllerName::parse(u"hq").value(), {}, prefix("10.0.0.0/8")};
        row.children = ChildRoutes::Direct;
        row.title = QStringLiteral("lab");
        edit(AddNetwork{row});
    }

    static ControllerTimes fastTimes()
    {
        ControllerTimes times;
        times.tries = 1;
        times.retryFirst = std::chrono::milliseconds(1);
        return times;
    }

    void addSubnet(const char *text)
    {
        SubnetRow row;
        row.prefix = prefix(text);
        edit(AddSubnet{row});
    }
    void edit(Command command)
    {
        const auto receipt = await(store->submit({std::move(command), QStringLiteral("test")}));
        if (!receipt)
            qFatal("refused: %s", qPrintable(receipt.error().detail));
    }
    /// A member of ours with an address.
    void addMember(const NodeId &node, const char *address)
    {
        edit(AssignMember{name, node, interlock::test::address(address)});
        edit(SetMembers{name, {node}, MemberStanding::Authorized});
    }
    /// Waits with an event loop, where the sockets are.
    template <typename T>
    static Expected<T> result(const QFuture<Expected<T>> &future)
    {
        if (!QTest::qWaitFor([&] { return future.isFinished(); }, 60'000))
            qFatal("there was no answer");
        return future.result();
    }
    [[nodiscard]] int writes() const
    {
        int count = 0;
        for (const SeenRequest &request : controller.requests())
            count += request.method == "GET" ? 0 : 1;
        return count;
    }

    const NetworkName name = NetworkName::parse(u"lab").value();
    ControllerDouble controller;
    const NetworkId id = NetworkId::parse(u"4bb8520480abcdef").value();
    QTemporaryDir folder;
    ManualClock clock;
    StorePlace place;
    std::unique_ptr<Store> store;
    LocalSecrets secrets;
    ControllerPool controllers;
    NetworkPorts ports;
};

} // namespace interlock::test
