// SPDX-License-Identifier: GPL-3.0-or-later
//
// interlock_registrystore URL SUBNETS [ADDRESSES]: fills an empty store with a made-up registry of that size, for
// measurements. The rows are written at once, without entries in the journal.
#include "model/store/store.h"
#include "tests/support/registryfill.h"

#include <QCoreApplication>

#include <cstdio>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

Expected<void> fill(const StoreUrl &url, const RegistrySize &size)
{
    // Makes and migrates it.
    if (const auto store = Store::open(url, Store::Opening::Create); !store)
        return fail(store.error());
    return Connection::open(url, Connection::Access::Existing)
        .and_then([&](const std::unique_ptr<Connection> &connection) { return fillWithRegistry(*connection, size); });
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    const QStringList words = QCoreApplication::arguments();
    const auto url = words.size() < 3 ? Expected<StoreUrl>(fail(ErrorKind::Usage, u"URL SUBNETS [ADDRESSES]"_s))
                                      : StoreUrl::parse(words[1]);
    const auto done = url.and_then([&](const StoreUrl &place) {
        return fill(place, {words[2].toULongLong(), words.value(3).toULongLong()});
    });
    if (done)
        return 0;
    std::fprintf(stderr, "registrystore: %s\n", qPrintable(done.error().detail));
    return 1;
}
