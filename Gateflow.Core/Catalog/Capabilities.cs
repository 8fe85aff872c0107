namespace Gateflow.Core.Catalog;

/// <summary>
/// What a model can do and what a request asks for, in one set of bits: the catalog states it for models, the gateway's
/// envelope reader for requests, rollups count it. The bits are stored, so a value never changes its meaning; new ones go to the end.
/// </summary>
[Flags]
public enum Capabilities : long
{
    None = 0,

    /// <summary>Messages in, message out.</summary>
    Chat = 1 << 0,

    /// <summary>The legacy prompt-in, text-out endpoint.</summary>
    Completions = 1 << 1,

    Embeddings = 1 << 2,

    /// <summary><c>stream: true</c>.</summary>
    Streaming = 1 << 3,

    /// <summary><c>tools</c> (or the older <c>functions</c>) given.</summary>
    FunctionCalling = 1 << 4,

    /// <summary><c>parallel_tool_calls</c> not refused and used: several calls in one turn, or the parameter set to true.</summary>
    ParallelTools = 1 << 5,

    /// <summary><c>tool_choice</c> required, any or a named tool.</summary>
    ForcedTool = 1 << 6,

    /// <summary>The removed parameters <c>functions</c> and <c>function_call</c>.</summary>
    LegacyFunctions = 1 << 7,

    /// <summary>Images among the content parts.</summary>
    Vision = 1 << 8,

    AudioInput = 1 << 9,

    AudioOutput = 1 << 10,

    /// <summary>PDF or other files among the content parts.</summary>
    FileInput = 1 << 11,

    /// <summary><c>response_format: json_object</c>.</summary>
    JsonMode = 1 << 12,

    /// <summary><c>response_format: json_schema</c>, or an output format with a schema.</summary>
    JsonSchema = 1 << 13,

    /// <summary><c>logprobs</c> or <c>top_logprobs</c>.</summary>
    Logprobs = 1 << 14,

    /// <summary><c>n</c> above 1.</summary>
    MultipleChoices = 1 << 15,

    Seed = 1 << 16,

    /// <summary><c>stop</c> or <c>stop_sequences</c>.</summary>
    Stop = 1 << 17,

    /// <summary>A message of the role system, or a top-level system text.</summary>
    SystemRole = 1 << 18,

    /// <summary>A message of the role developer.</summary>
    DeveloperRole = 1 << 19,

    /// <summary>The last message has the role assistant, to be continued.</summary>
    Prefill = 1 << 20,

    /// <summary><c>reasoning_effort</c>, <c>reasoning</c> or <c>thinking</c> given; of a model: it can reason.</summary>
    ReasoningEffort = 1 << 21,

    /// <summary><c>temperature</c> given and not 1.</summary>
    Temperature = 1 << 22,

    /// <summary><c>top_p</c> given and not 1, or <c>top_k</c> given.</summary>
    TopP = 1 << 23,

    LogitBias = 1 << 24,

    /// <summary><c>presence_penalty</c> or <c>frequency_penalty</c> given and not 0.</summary>
    Penalties = 1 << 25,

    /// <summary><c>max_tokens</c> given.</summary>
    MaxTokens = 1 << 26,

    /// <summary><c>user</c> or <c>metadata</c> given.</summary>
    Metadata = 1 << 27,

    /// <summary>Prompt caching: <c>cache_control</c> given; of a model: cached input is cheaper.</summary>
    PromptCaching = 1 << 28,

    /// <summary><c>temperature</c> and <c>top_p</c> both given, whatever their values: some models refuse the pair.</summary>
    TemperatureWithTopP = 1 << 29,

    /// <summary><c>thinking: {type: disabled}</c>: some models always think and refuse it.</summary>
    ThinkingOff = 1 << 30,

    /// <summary>Asked at /v1/responses; no capability of a model.</summary>
    ResponsesApi = 1L << 31,

    /// <summary>Asked at /v1/messages; no capability of a model.</summary>
    MessagesApi = 1L << 32,

    /// <summary>System messages between the turns of a conversation, at /v1/messages: only newer models of Claude take them there.</summary>
    SystemTurns = 1L << 33,

    /// <summary><c>previous_response_id</c> or <c>conversation</c>: the request goes on with what the provider stores.</summary>
    StoredState = 1L << 34,

    /// <summary><c>name</c> of a participant in a chat's messages.</summary>
    MessageNames = 1L << 35,

    /// <summary><c>reasoning_content</c> in a chat's earlier answers.</summary>
    ReasoningContent = 1L << 36,

    /// <summary><c>parallel_tool_calls</c> or <c>disable_parallel_tool_use</c> given, whatever its value: some models refuse the parameter.</summary>
    ParallelToolsGiven = 1L << 37,
}
