using System.Globalization;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Anthropic;

/// <summary>Anthropic's list of models: pages of <c>{data, has_more, first_id, last_id}</c>.</summary>
internal static class AnthropicModels
{
    private const int DefaultLimit = 20;
    private const int MostLimit = 1000;

    public static (object? Answer, IRefusal? Refusal) Page(IQueryCollection query, List<string> ids)
    {
        var limit = DefaultLimit;
        if (query["limit"].ToString() is { Length: > 0 } text
            && !(int.TryParse(text, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MostLimit))
        {
            return (null, AnthropicError.Invalid($"limit: Input should be between 1 and {MostLimit}"));
        }

        var after = query["after_id"].ToString();
        var before = query["before_id"].ToString();
        var rest = after.Length > 0 ? ids.SkipWhile(id => id != after).Skip(1).ToList()
            : before.Length > 0 ? ids.TakeWhile(id => id != before).ToList()
            : ids;
        var page = before.Length > 0 && after.Length == 0 ? rest.TakeLast(limit).ToList() : rest.Take(limit).ToList();
        var answer = new Dictionary<string, object?>
        {
            ["data"] = page.Select(Shown),
            ["has_more"] = page.Count < rest.Count,
            ["first_id"] = page.FirstOrDefault(),
            ["last_id"] = page.LastOrDefault(),
        };
        return (answer, null);
    }

    // One date for all: a model's age is the catalog's affair, not the provider's.
    public static object Shown(string id) => new { Type = "model", Id = id, DisplayName = id, CreatedAt = "2024-01-01T00:00:00Z" };
}
