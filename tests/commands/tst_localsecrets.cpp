// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/localsecrets.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

class TestLocalSecrets : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString write(const QString &name, const QByteArray &content,
                  QFile::Permissions permissions = QFile::ReadOwner | QFile::WriteOwner)
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(content) < 0)
            qFatal("%s", qPrintable(file.errorString()));
        file.setPermissions(permissions);
        return file.fileName();
    }
    Expected<Secret> secret(const QString &name)
    {
        LocalSecrets secrets(m_folder.path());
        return secrets.secret(name).result();
    }

private Q_SLOTS:
    void theFirstLineOfAFileIsTheSecret_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("without an end") << QByteArray("open sesame") << QByteArray("open sesame");
        QTest::newRow("with one") << QByteArray("open sesame\n") << QByteArray("open sesame");
        QTest::newRow("from another system") << QByteArray("open sesame\r\n") << QByteArray("open sesame");
        QTest::newRow("with more below") << QByteArray("open\nsesame\n") << QByteArray("open");
        QTest::newRow("with blanks that count") << QByteArray(" open \n") << QByteArray(" open ");
        QTest::newRow("empty") << QByteArray() << QByteArray();
    }
    void theFirstLineOfAFileIsTheSecret()
    {
        QFETCH(QByteArray, content);
        QFETCH(QByteArray, value);
        const auto found = secret(write(u"password"_s, content));
        QVERIFY(found);
        QCOMPARE(found->value, value);
        QCOMPARE(found->warning, QString());
    }

    void aNameIsACredentialOfTheUnit() // SEMANTICS 5
    {
        // systemd's files are readable by their unit only, whatever their mode says.
        write(u"token"_s, "t0ken\n", QFile::ReadOwner | QFile::ReadGroup);
        const auto found = secret(u"token"_s);
        QVERIFY(found);
        QCOMPARE(found->value, QByteArray("t0ken"));
        QCOMPARE(found->warning, QString());
        QCOMPARE(LocalSecrets(QString()).secret(u"token"_s).result().error().kind, ErrorKind::NotFound);
    }

    void aNameLeadsNowhereElse()
    {
        write(u"token"_s, "t0ken\n");
        for (const QString &name :
             {QString(), u"."_s, u".."_s, u"./token"_s, u"../etc/passwd"_s, u"absent"_s, u"token/"_s, u"tok\0en"_s})
            QCOMPARE(secret(name).error().kind, ErrorKind::NotFound);
        QCOMPARE(secret(m_folder.filePath(u"absent"_s)).error().kind, ErrorKind::NotFound);
    }

    void aFileThatOthersReadIsAWarning() // SEMANTICS 5
    {
        const QString path = write(u"loose"_s, "x", QFile::ReadOwner | QFile::ReadGroup);
        const auto found = secret(path);
        QVERIFY(found);
        QCOMPARE(found->value, QByteArray("x"));
        QCOMPARE(found->warning, u"%1 is readable by others; its mode should be 0600"_s.arg(path));
    }

    void aFileThatAllMayWriteIsRefused() // SEMANTICS 5
    {
        const QString path = write(u"open"_s, "x", QFile::ReadOwner | QFile::WriteOwner | QFile::WriteOther);
        const auto found = secret(path);
        QVERIFY(!found);
        QCOMPARE(found.error().kind, ErrorKind::Invalid);
        QCOMPARE(found.error().payload, (QJsonObject{{u"path"_s, path}}));
    }
};

QTEST_GUILESS_MAIN(TestLocalSecrets)
#include "tst_localsecrets.moc"
