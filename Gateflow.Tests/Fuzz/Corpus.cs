using Gateflow.Core.Routing;
using Gateflow.Gateway.Protocols;

namespace Gateflow.Tests.Fuzz;

/// <summary>Sound requests and answers, rich in features, from which mutants are made.</summary>
internal static class Corpus
{
    private const string Tool = """{"type":"object","properties":{"city":{"type":"string","enum":["Rome","Oslo"]},"days":{"type":["integer","null"]}},"required":["city"],"additionalProperties":false}""";

    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    public static IReadOnlyList<string> Requests(Protocol protocol) => protocol switch
    {
        Protocol.Chat =>
        [
            """{"model":"m","messages":[{"role":"user","content":"Hi"}],"max_tokens":5,"temperature":0.3,"stop":["\n","END"],"user":"u1","seed":7,"gateflow":{"fallbacks":["a"],"retry":{"max_attempts":2}}}""",
            $$$"""{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"See"},{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{Pixel}}}","detail":"low"}},{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Rome\"}"}}]},{"role":"tool","tool_call_id":"call_1","content":"sunny"},{"role":"user","content":"And?"}],"tools":[{"type":"function","function":{"name":"weather","description":"d","strict":true,"parameters":{{{Tool}}}}}],"tool_choice":{"type":"function","function":{"name":"weather"}},"parallel_tool_calls":false}""",
            $$$"""{"model":"m","messages":[{"role":"developer","content":[{"type":"text","text":"x"}]},{"role":"user","name":"bob","content":"Hi"},{"role":"assistant","content":"yes","refusal":null},{"role":"user","content":"go"}],"response_format":{"type":"json_schema","json_schema":{"name":"s","strict":true,"schema":{{{Tool}}}}},"reasoning_effort":"low","max_completion_tokens":100,"n":1,"presence_penalty":0.1,"frequency_penalty":0.2,"metadata":{"user_id":"u"},"service_tier":"auto","verbosity":"low","store":false,"modalities":["text"]}""",
            """{"model":"m","messages":[{"role":"user","content":"Hi"}],"logprobs":true,"top_logprobs":2,"logit_bias":{"5":-1},"prediction":{"type":"content","content":"x"}}""",
        ],
        Protocol.Responses =>
        [
            """{"model":"m","input":"Hi","instructions":"Be brief.","max_output_tokens":50,"temperature":0.4,"top_p":0.9,"store":false,"metadata":{"a":"b"},"user":"u"}""",
            $$$"""{"model":"m","stream":true,"input":[{"role":"developer","content":"x"},{"type":"message","role":"user","content":[{"type":"input_text","text":"See"},{"type":"input_image","image_url":"data:image/png;base64,{{{Pixel}}}","detail":"auto"}]},{"type":"function_call","call_id":"c1","name":"weather","arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":"sunny"},{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"t"}]},{"role":"assistant","content":[{"type":"output_text","text":"ok","annotations":[]}]}],"tools":[{"type":"function","name":"weather","strict":true,"parameters":{{{Tool}}}}],"tool_choice":"required","parallel_tool_calls":true,"text":{"format":{"type":"json_schema","name":"s","schema":{{{Tool}}},"strict":true},"verbosity":"low"},"reasoning":{"effort":"low","summary":"auto"},"truncation":"disabled"}""",
        ],
        Protocol.Messages =>
        [
            """{"model":"m","max_tokens":64,"messages":[{"role":"user","content":"Hi"}],"temperature":0.5,"top_k":5,"stop_sequences":["END"],"metadata":{"user_id":"u"}}""",
            $$$"""{"model":"m","max_tokens":4000,"stream":true,"system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"text","text":"See"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{Pixel}}}"}},{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}]},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"tool_use","id":"toolu_1","name":"weather","input":{"city":"Rome"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"sunny"}],"is_error":false}]}],"tools":[{"name":"weather","description":"d","input_schema":{{{Tool}}}}],"tool_choice":{"type":"tool","name":"weather","disable_parallel_tool_use":true},"thinking":{"type":"enabled","budget_tokens":2000}}""",
        ],
        _ => ["""{"model":"m","input":["a","b"],"dimensions":64,"encoding_format":"float","user":"u"}"""],
    };

    /// <summary>Whole answers of a kind of provider.</summary>
    public static IReadOnlyList<string> Answers(ProviderType provider, Protocol asked) => provider switch
    {
        ProviderType.Anthropic =>
        [
            """{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"Hi"},{"type":"tool_use","id":"toolu_1","name":"weather","input":{"city":"Rome"}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":5,"cache_read_input_tokens":2,"cache_creation_input_tokens":1,"output_tokens":7}}""",
        ],
        ProviderType.Gemini or ProviderType.VertexAI =>
        [
            """{"candidates":[{"content":{"role":"model","parts":[{"text":"t","thought":true},{"text":"Hi"},{"functionCall":{"name":"weather","args":{"city":"Rome"}},"thoughtSignature":"c2ln"}]},"finishReason":"STOP","index":0,"safetyRatings":[]}],"usageMetadata":{"promptTokenCount":5,"cachedContentTokenCount":1,"candidatesTokenCount":3,"thoughtsTokenCount":2,"totalTokenCount":10},"modelVersion":"m","responseId":"r"}""",
            """{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":5}}""",
        ],
        ProviderType.Bedrock =>
        [
            """{"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"t","signature":"s"}}},{"text":"Hi"},{"toolUse":{"toolUseId":"t1","name":"weather","input":{"city":"Rome"}}}]}},"stopReason":"tool_use","usage":{"inputTokens":5,"outputTokens":7,"totalTokens":12,"cacheReadInputTokens":1,"cacheWriteInputTokens":1},"metrics":{"latencyMs":3}}""",
        ],
        _ when asked == Protocol.Responses =>
        [
            """{"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"m","output":[{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"t"}]},{"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hi","annotations":[]},{"type":"refusal","refusal":"no"}]},{"type":"function_call","id":"fc_1","call_id":"c1","name":"weather","arguments":"{}","status":"completed"}],"usage":{"input_tokens":5,"input_tokens_details":{"cached_tokens":1},"output_tokens":7,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":12}}""",
        ],
        _ =>
        [
            """{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","refusal":null,"reasoning_content":"t","tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{}"}}]},"finish_reason":"tool_calls","logprobs":{"content":[{"token":"Hi","logprob":-0.1,"bytes":[72],"top_logprobs":[]}]}}],"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":1},"completion_tokens_details":{"reasoning_tokens":2}}}""",
        ],
    };

    /// <summary>The names of a stream's events, where the framing has them; else null.</summary>
    public static IReadOnlyList<string>? Names(ProviderType provider) => provider == ProviderType.Bedrock
        ? ["messageStart", "contentBlockDelta", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"]
        : null;

    /// <summary>The data of a stream's events, in order.</summary>
    public static IReadOnlyList<string> Events(ProviderType provider, Protocol asked) => provider switch
    {
        ProviderType.Anthropic =>
        [
            """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"usage":{"input_tokens":5,"output_tokens":1}}}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"weather","input":{}}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"city\":"}}""",
            """{"type":"content_block_stop","index":1}""",
            """{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":9}}""",
            """{"type":"message_stop"}""",
        ],
        ProviderType.Gemini or ProviderType.VertexAI =>
        [
            """{"candidates":[{"content":{"role":"model","parts":[{"text":"Hi"}]},"index":0}],"modelVersion":"m"}""",
            """{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"weather","args":{"city":"Rome"}}}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":3,"totalTokenCount":8}}""",
        ],
        ProviderType.Bedrock =>
        [
            """{"role":"assistant"}""",
            """{"contentBlockIndex":0,"delta":{"text":"Hi"}}""",
            """{"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"t1","name":"weather"}}}""",
            """{"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\"city\":"}}}""",
            """{"contentBlockIndex":1}""",
            """{"stopReason":"tool_use"}""",
            """{"usage":{"inputTokens":5,"outputTokens":7,"totalTokens":12},"metrics":{"latencyMs":3}}""",
        ],
        _ when asked == Protocol.Responses =>
        [
            """{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","status":"in_progress","model":"m","output":[]}}""",
            """{"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"type":"message","id":"msg_1","role":"assistant","content":[]}}""",
            """{"type":"response.content_part.added","sequence_number":2,"item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","text":""}}""",
            """{"type":"response.output_text.delta","sequence_number":3,"item_id":"msg_1","output_index":0,"content_index":0,"delta":"Hi"}""",
            """{"type":"response.output_item.added","sequence_number":4,"output_index":1,"item":{"type":"function_call","id":"fc_1","call_id":"c1","name":"weather","arguments":""}}""",
            """{"type":"response.function_call_arguments.delta","sequence_number":5,"item_id":"fc_1","output_index":1,"delta":"{}"}""",
            """{"type":"response.completed","sequence_number":6,"response":{"id":"resp_1","status":"completed","model":"m","output":[],"usage":{"input_tokens":5,"output_tokens":7}}}""",
        ],
        _ =>
        [
            """{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""",
            """{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"logprobs":null,"finish_reason":null}]}""",
            """{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"weather","arguments":""}}]},"finish_reason":null}]}""",
            """{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]},"finish_reason":null}]}""",
            """{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""",
            """{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}}""",
        ],
    };
}
