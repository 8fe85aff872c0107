using System.Collections.Frozen;

namespace Gateflow.Core.UsageImports;

/// <summary>What a column can tell.</summary>
internal enum ImportField
{
    At, End, Model, Feature, Key, User, Requests, Input, Cached, Output, Reasoning, Cost, Status, Duration, Capabilities, Stream, Prompt, CacheRead, CacheWritten,
}

/// <summary>The names by which columns are known, ours, LiteLLM's spend logs', OpenAI's usage exports' and Anthropic's; an earlier name goes before a later one.</summary>
internal static class ImportFields
{
    private static readonly (ImportField Field, string[] Names)[] Table =
    [
        (ImportField.At, ["at", "timestamp", "start_time", "starttime", "created_at", "created", "aggregation_timestamp", "start_time_iso"]),
        (ImportField.End, ["end_time", "endtime"]),
        (ImportField.Model, ["model", "snapshot_id", "model_id"]),
        (ImportField.Feature, ["feature", "project_name", "project_id", "team_alias", "team_id"]),
        (ImportField.Key, ["key", "key_id", "api_key_alias", "api_key_name", "api_key_id", "api_key"]),
        (ImportField.User, ["end_user", "user", "user_id"]),
        (ImportField.Requests, ["requests", "num_model_requests", "n_requests"]),
        (ImportField.Input, ["input_tokens", "uncached_input_tokens", "n_context_tokens_total"]),
        (ImportField.Cached, ["cached_tokens", "input_cached_tokens", "cached_input_tokens", "n_cached_context_tokens_total"]),
        (ImportField.Output, ["output_tokens", "completion_tokens", "n_generated_tokens_total"]),
        (ImportField.Reasoning, ["reasoning_tokens", "output_reasoning_tokens"]),
        (ImportField.Cost, ["cost", "cost_usd", "spend"]),
        (ImportField.Status, ["status", "status_code"]),
        (ImportField.Duration, ["duration_ms", "latency_ms", "request_duration_ms"]),
        (ImportField.Capabilities, ["capabilities"]),
        (ImportField.Stream, ["stream"]),
        (ImportField.Prompt, ["prompt_tokens"]),
        (ImportField.CacheRead, ["cache_read_input_tokens"]),
        (ImportField.CacheWritten, ["cache_creation_input_tokens"]),
    ];

    private static readonly FrozenDictionary<string, (ImportField Field, int Rank)> ByName =
        Table.SelectMany(t => t.Names.Select((name, rank) => (name, t.Field, rank))).ToFrozenDictionary(x => x.name, x => (x.Field, x.rank), StringComparer.OrdinalIgnoreCase);

    public static readonly int Count = Table.Length;

    /// <summary>The field of a column and how preferred its name is, 0 before 1.</summary>
    public static bool TryFind(string name, out (ImportField Field, int Rank) found) => ByName.TryGetValue(name.Trim(), out found);
}
