// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/values/error.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

class TestError : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void kindsAreThoseOfTheContractInItsOrder()
    {
        QFile contract(QStringLiteral(INTERLOCK_SOURCE_DIR "/resources/help/cli.md"));
        QVERIFY(contract.open(QIODevice::ReadOnly));
        static const QRegularExpression list(u"Kinds of error: ([^.]+)\\."_s);
        const auto match = list.match(QString::fromUtf8(contract.readAll()));
        QVERIFY(match.hasMatch());
        static const QRegularExpression separator(u",\\s+"_s);
        const QStringList promised = match.captured(1).split(separator);

        QStringList ours;
        for (int kind = 0; kind <= static_cast<int>(ErrorKind::BackendMismatch); ++kind)
            ours += nameOf(static_cast<ErrorKind>(kind));
        QCOMPARE(ours, promised);
    }

    void aKindAndItsNameBelongTogether()
    {
        QCOMPARE(nameOf(ErrorKind::Usage), u"usage"_s);
        QCOMPARE(nameOf(ErrorKind::HostBits), u"hostBits"_s);
        QCOMPARE(nameOf(ErrorKind::Exhausted), u"exhausted"_s);
        QCOMPARE(nameOf(ErrorKind::NoOwner), u"noOwner"_s);
        QCOMPARE(nameOf(ErrorKind::StoreUnavailable), u"storeUnavailable"_s);
        QCOMPARE(nameOf(ErrorKind::BackendMismatch), u"backendMismatch"_s);
    }

    void aFailureCarriesKindSentenceAndFacts()
    {
        const Expected<int> result = fail(ErrorKind::NotFound, u"no such connector"_s, {{u"cn"_s, u"branch"_s}});
        QVERIFY(!result);
        QCOMPARE(result.error(), (Error{ErrorKind::NotFound, u"no such connector"_s, {{u"cn"_s, u"branch"_s}}}));
        const Expected<QString> passedOn = fail(result.error());
        QCOMPARE(passedOn.error(), result.error());
    }
};

QTEST_GUILESS_MAIN(TestError)
#include "tst_error.moc"
