namespace Gateflow.Gateway.Translation;

/// <summary>What a writer of answers knows beside the answer's parts.</summary>
/// <param name="RequestId">The gateway's id of the request: answers without an id of their own take theirs from it.</param>
/// <param name="Model">The model that answers, as callers know it.</param>
/// <param name="At">When the request arrived.</param>
/// <param name="Request">What was asked.</param>
/// <param name="Stream">Whether a stream of events is wanted rather than one body.</param>
/// <param name="IncludeUsage">Whether the caller asked for the usage chunk of a stream (chat completions only).</param>
internal sealed record AnswerContext(string RequestId, string Model, DateTimeOffset At, ModelRequest Request, bool Stream, bool IncludeUsage);
