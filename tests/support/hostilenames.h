// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QString>
#include <QStringList>

/// Every common name that OpenVPN reported in the transcript of hostile certificates, as it arrived, in order, each
/// once. \source tests/fixtures/openvpn/transcripts/11_cn_injection.txt
inline QStringList hostileCommonNames()
{
    QFile file(QStringLiteral(INTERLOCK_FIXTURES "/openvpn/transcripts/11_cn_injection.txt"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("the transcript of hostile names is missing");
    QStringList names;
    while (!file.atEnd()) {
        const QByteArray line = file.readLine();
        const QByteArray key = ">CLIENT:ENV,common_name=";
        const qsizetype begin = line.indexOf(key);
        const qsizetype end = line.lastIndexOf("\\r\\n");
        if (begin < 0 || end < 0 || !line.contains("S: >CLIENT:ENV,common_name="))
            continue;
        const QByteArray escaped = line.mid(begin + key.size(), end - begin - key.size());
        QByteArray bytes;
        for (qsizetype i = 0; i < escaped.size(); ++i) {
            if (escaped.mid(i, 2) == "\\x") {
                bytes += QByteArray::fromHex(escaped.mid(i + 2, 2));
                i += 3;
            } else if (escaped.mid(i, 2) == "\\\\") {
                bytes += '\\';
                ++i;
            } else {
                bytes += escaped.at(i);
            }
        }
        const QString name = QString::fromUtf8(bytes);
        if (!names.contains(name))
            names += name;
    }
    return names;
}
