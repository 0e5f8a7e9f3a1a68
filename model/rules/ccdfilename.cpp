// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/ccdfilename.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

tl::unexpected<Error> unsupported(const QString &name, const QString &why)
{
    return fail(ErrorKind::Unsupported, u"there is no client-config-dir file for '%1': %2"_s.arg(name, why),
                {{u"cn"_s, name}});
}

Expected<QString> checkName(const CommonName &cn)
{
    const QString &name = cn.toString();
    if (name.contains(u'/'))
        return unsupported(name, u"OpenVPN writes '_' for '/' and would share the file with another name"_s);
    if (name == u"." || name == u"..")
        return unsupported(name, u"it names a folder"_s);
    if (name == u"DEFAULT")
        return unsupported(name, u"DEFAULT is the file of every client without one of its own"_s);
    if (name.toUtf8().size() > 255)
        return unsupported(name, u"it is longer than 255 bytes"_s);
    return name;
}

} // namespace

Expected<CommonName> commonNameFromFileName(QStringView fileName)
{
    return CommonName::parse(fileName).and_then([](const CommonName &cn) -> Expected<CommonName> {
        if (const auto name = checkName(cn); !name)
            return fail(name.error());
        return cn;
    });
}

Expected<QString> fileNameFor(const CommonName &cn)
{
    return checkName(cn);
}

} // namespace interlock
