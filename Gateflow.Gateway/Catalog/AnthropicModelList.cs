using System.Globalization;
using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Catalog;

/// <summary>The list of models in Anthropic's shape: pages of <c>{data, has_more, first_id, last_id}</c>, by <c>limit</c>, <c>after_id</c> and <c>before_id</c>.</summary>
internal static class AnthropicModelList
{
    private const int DefaultLimit = 20;
    private const int MostLimit = 1000;

    /// <summary>The models of the page that is asked for, or why there is none.</summary>
    public static (IReadOnlyList<ModelRoute> Page, bool More, GatewayError? Error) Page(IReadOnlyList<ModelRoute> models, IQueryCollection query)
    {
        var limit = DefaultLimit;
        if (query["limit"].ToString() is { Length: > 0 } text
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MostLimit))
        {
            return ([], false, GatewayError.Invalid("limit", $"a whole number from 1 to {MostLimit}"));
        }

        var (after, before) = (query["after_id"].ToString(), query["before_id"].ToString());
        if (before.Length > 0 && after.Length == 0)
        {
            var earlier = models.TakeWhile(model => model.Id != before).ToList();
            return (earlier.TakeLast(limit).ToList(), earlier.Count > limit, null);
        }

        var rest = after.Length == 0 ? models : [.. models.SkipWhile(model => model.Id != after).Skip(1)];
        return ([.. rest.Take(limit)], rest.Count > limit, null);
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<ModelRoute> page, bool more, DateOnly today)
    {
        json.WriteStartObject();
        json.WriteStartArray("data"u8);
        foreach (var model in page)
        {
            Write(json, model, today);
        }

        json.WriteEndArray();
        json.WriteBoolean("has_more"u8, more);
        json.WriteString("first_id"u8, page.Count == 0 ? null : page[0].Id);
        json.WriteString("last_id"u8, page.Count == 0 ? null : page[^1].Id);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ModelRoute model, DateOnly today)
    {
        var facts = model.Facts;
        json.WriteStartObject();
        json.WriteString("type"u8, "model"u8);
        json.WriteString("id"u8, model.Id);
        json.WriteString("display_name"u8, facts is { DisplayName.Length: > 0 } ? facts.DisplayName : model.Id);
        json.WriteString("created_at"u8, Midnight(facts?.Released ?? DateOnly.FromDateTime(DateTime.UnixEpoch)));
        Number(json, "max_input_tokens"u8, facts?.UsableContext);
        Number(json, "max_tokens"u8, facts?.MaxOutputTokens);
        json.WriteString("lifecycle"u8, facts?.StatusOn(today) is null or LifecycleStatus.Active ? "active"u8 : "deprecated"u8); // served, so not retired
        json.WriteString("deprecated_at"u8, facts?.DeprecatedOn is { } since && since <= today ? Midnight(since) : null);
        json.WriteString("retires_at"u8, facts?.RetiresOn is { } until ? Midnight(until) : null);
        json.WriteNull("line"u8);
        json.WriteNull("capabilities"u8);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string Midnight(DateOnly day) => day.ToString("yyyy-MM-dd'T00:00:00Z'", CultureInfo.InvariantCulture);
}
