// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/linux/nftables.h"

#include <nftables/libnftables.h>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

Error errorFrom(const QString &said)
{
    if (said.contains(u"Operation not permitted"))
        return {ErrorKind::ReadOnly,
                u"the rules of this host cannot be read or changed: it needs CAP_NET_ADMIN"_s,
                {{u"capability"_s, u"CAP_NET_ADMIN"_s}}};
    // The first line says what, the others draw where.
    const QString first = said.section(u'\n', 0, 0).trimmed().left(300);
    return {ErrorKind::BackendRefused, u"nft refused the rules: "_s + first, {{u"output"_s, said.left(4000)}}};
}

} // namespace

void Nftables::Free::operator()(nft_ctx *context) const
{
    nft_ctx_free(context);
}

Expected<Nftables> Nftables::open()
{
    std::unique_ptr<nft_ctx, Free> context(nft_ctx_new(NFT_CTX_DEFAULT));
    if (!context || nft_ctx_buffer_output(context.get()) != 0 || nft_ctx_buffer_error(context.get()) != 0)
        return fail(ErrorKind::Unsupported, u"libnftables cannot be used on this host"_s);
    return Nftables(std::move(context));
}

Expected<void> Nftables::apply(const QString &text, bool isDryRun)
{
    nft_ctx_set_dry_run(m_context.get(), isDryRun);
    const int failed = nft_run_cmd_from_buffer(m_context.get(), text.toUtf8().constData());
    (void)nft_ctx_get_output_buffer(m_context.get()); // empties it
    const QString said = QString::fromUtf8(nft_ctx_get_error_buffer(m_context.get()));
    if (failed != 0)
        return fail(errorFrom(said));
    return {};
}

Expected<QString> Nftables::listTable(const QString &table)
{
    nft_ctx_set_dry_run(m_context.get(), false);
    const QByteArray command = "list table " + table.toUtf8();
    const int failed = nft_run_cmd_from_buffer(m_context.get(), command.constData());
    const QString listed = QString::fromUtf8(nft_ctx_get_output_buffer(m_context.get()));
    const QString said = QString::fromUtf8(nft_ctx_get_error_buffer(m_context.get()));
    if (failed == 0)
        return listed;
    if (said.contains(u"No such file or directory"))
        return QString();
    return fail(errorFrom(said));
}

} // namespace interlock
