using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Protocols;
using Microsoft.Extensions.Primitives;

namespace Gateflow.Gateway.Routing;

/// <summary>
/// Steps 4 and 5: a running migration of the model chooses the arm and ends the search; a completed one, or a chain that activates itself on the
/// catalog's date, replaces the model, whose replacement is then looked at in the same way.
/// </summary>
internal static class Arms
{
    private const int MaxHeader = 256;

    /// <param name="exchange">The request; its feature, arm and selected model are set.</param>
    /// <param name="conversations">Who was answered by which model of late.</param>
    public static void Choose(Exchange exchange, SourceConversations conversations)
    {
        exchange.Feature = Header(exchange, "x-gateflow-feature") ?? exchange.Key.Feature;
        exchange.Selected = exchange.Model;
        if (exchange.Key.Direct)
        {
            return;
        }

        // A way that meets no model twice is no longer than there are models that another may take the place of.
        for (var left = exchange.Table.Migrations.Count + exchange.Table.Fallbacks.Count; left >= 0; left--)
        {
            if (Find(exchange, exchange.Selected) is not { } migration)
            {
                if (!Activate(exchange))
                {
                    Remember(exchange, conversations);
                    return;
                }

                continue;
            }

            if (!migration.Completed)
            {
                Assign(exchange, migration, conversations); // 4
                return;
            }

            if (migration.TargetModel == exchange.Model)
            {
                return; // migrated there and back
            }

            exchange.Replacement = migration; // 5a
            exchange.Selected = migration.TargetModel;
        }
    }

    /// <summary>5b; the third way, the provider's "no such model", is known only when it is asked.</summary>
    private static bool Activate(Exchange exchange)
    {
        if (!exchange.Table.AutoFallback
            || Chains.Activated(exchange.Table, exchange.Selected, DateOnly.FromDateTime(exchange.At.UtcDateTime), exchange.Model, exchange.Protocol.Kind == Protocol.Embeddings) is not { } replacement)
        {
            return false;
        }

        (exchange.Activated, exchange.Selected) = replacement;
        return true;
    }

    private static MigrationRoute? Find(Exchange exchange, string model)
    {
        var table = exchange.Table;
        if (table.Migrations.Count == 0
            || (!table.Migrations.TryGetValue(model, out var routes)
                && !(table.Models.TryGetValue(model, out var known) && table.Migrations.TryGetValue(known.Id, out routes))))
        {
            return null;
        }

        foreach (var route in routes)
        {
            if (route.Covers(exchange.Feature, exchange.Key.Id, exchange.Envelope.EndUser))
            {
                return route;
            }
        }

        return null;
    }

    private static void Assign(Exchange exchange, MigrationRoute migration, SourceConversations conversations)
    {
        var unit = UnitOf(exchange, migration.StickyBy);
        var id = unit ?? StableHash.Of(exchange.RequestId);
        var arm = Assignment.IsTarget(migration.MigrationId, id, migration.Weight) ? Arm.Target : Arm.Source;
        var conversation = ConversationOf(exchange);
        var kept = migration.Drain && conversation is { } known && conversations.Has(migration.SourceModel, known, exchange.At);
        if (conversation is { } on && (kept || arm == Arm.Source))
        {
            conversations.Note(migration.SourceModel, on, exchange.At);
        }

        if (kept && arm == Arm.Target)
        {
            return; // it stays where it is, of no arm: the weight would have dealt it to the other
        }

        exchange.Kept = kept;
        exchange.Migration = migration;
        exchange.Unit = id;
        var body = exchange.Body!.Span;
        exchange.FailureUnit = unit is null || migration.StickyBy == StickyBy.Key ? StableHash.Of(body, StableHash.Of(exchange.Key.Id)) : id;
        exchange.FailureRequest = arm == Arm.Target || migration.Mirror is not null ? StableHash.Of(body, exchange.FailureUnit) : 0;
        exchange.Arm = arm;
    }

    /// <summary>Notes who was answered without a running migration: one that begins later may have to leave them there.</summary>
    private static void Remember(Exchange exchange, SourceConversations conversations)
    {
        if (ConversationOf(exchange) is { } conversation)
        {
            conversations.Note(exchange.Selected == exchange.Model ? exchange.Asked?.Id ?? exchange.Model : exchange.Selected, conversation, exchange.At);
        }
    }

    /// <summary>What drain calls a conversation: its header, else the user; null when the request names neither, and for embeddings, which continue nothing.</summary>
    private static ulong? ConversationOf(Exchange exchange) =>
        exchange.Protocol.Kind == Protocol.Embeddings ? null : Of(Header(exchange, "x-gateflow-conversation")) ?? Of(exchange.Envelope.EndUser);

    /// <summary>What sticks; null when the request stands for itself.</summary>
    private static ulong? UnitOf(Exchange exchange, StickyBy stickyBy)
    {
        var user = exchange.Envelope.EndUser;
        return stickyBy switch
        {
            StickyBy.Key => StableHash.Of(exchange.Key.Id),
            StickyBy.User => Of(user),
            StickyBy.Conversation => Of(Header(exchange, "x-gateflow-conversation"))
                ?? (exchange.Envelope.Conversation == 0 ? null : exchange.Envelope.Conversation),
            StickyBy.Auto => Of(Header(exchange, "x-gateflow-conversation")) ?? Of(user),
            _ => null,
        };
    }

    private static ulong? Of(string? text) => text is null ? null : StableHash.Of(text);

    private static string? Header(Exchange exchange, string name) =>
        exchange.Http.Request.Headers.TryGetValue(name, out var values) && !StringValues.IsNullOrEmpty(values)
            ? values.ToString() is { Length: <= MaxHeader } value ? value : values.ToString()[..MaxHeader]
            : null;
}
