using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using OpenAI;
using OpenAI.Chat;

namespace Gateflow.Benchmarks.MainJob;

/// <summary>An application that uses the official OpenAI client and knows nothing of Gateflow but its address. It does not retry: each failure counts.</summary>
internal sealed class Application : IDisposable
{
    private readonly HttpClient _http;
    private readonly HeaderWatch _headers = new();
    private readonly ChatClient _chat;
    private readonly Recordings _recordings;
    private readonly int _seed;
    private readonly TimeProvider _clock;

    public Application(Uri endpoint, string key, Recordings recordings, int seed, TimeProvider clock)
    {
        (_recordings, _seed, _clock) = (recordings, seed, clock);
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
        var options = new OpenAIClientOptions
        {
            Endpoint = endpoint,
            NetworkTimeout = TimeSpan.FromSeconds(100),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            Transport = new HttpClientPipelineTransport(_http),
        };
        options.AddPolicy(_headers, PipelinePosition.PerCall);
        _chat = new ChatClient(Cast.Source, new ApiKeyCredential(key), options);
    }

    public async Task<Exchange> AskAsync(PlannedRequest request, CancellationToken cancellationToken)
    {
        ChatMessage[] messages = [new UserChatMessage(_recordings.Prompt(request.Prompt))];
        var options = new ChatCompletionOptions { EndUserId = $"user-{_seed}-{request.Number}" }; // one unit a request: the split is then binomial
        var headers = _headers.Begin();
        var (sentAt, began) = (_clock.GetUtcNow(), _clock.GetTimestamp());
        string? failure = null, model = null, text = null;
        try
        {
            (model, text) = request.Streamed
                ? await StreamAsync(messages, options, cancellationToken)
                : await WholeAsync(messages, options, cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            failure = Describe(fault);
        }

        return new Exchange
        {
            Request = request,
            SentAt = sentAt,
            Duration = _clock.GetElapsedTime(began),
            Model = model,
            HeaderModel = headers.Model,
            Migration = headers.Migration,
            Arm = headers.Arm,
            FallbackReason = headers.FallbackReason,
            Failure = failure,
            AsRecorded = model is not null && model == headers.Model && text == _recordings.Answer(request.Prompt, model),
        };
    }

    public void Dispose() => _http.Dispose();

    private async Task<(string Model, string Text)> WholeAsync(ChatMessage[] messages, ChatCompletionOptions options, CancellationToken cancellationToken)
    {
        var completion = (await _chat.CompleteChatAsync(messages, options, cancellationToken)).Value;
        return (completion.Model, string.Concat(completion.Content.Select(part => part.Text)));
    }

    private async Task<(string Model, string Text)> StreamAsync(ChatMessage[] messages, ChatCompletionOptions options, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        string? model = null;
        var finished = false;
        await foreach (var update in _chat.CompleteChatStreamingAsync(messages, options, cancellationToken))
        {
            model ??= update.Model;
            finished |= update.FinishReason is not null;
            foreach (var part in update.ContentUpdate)
            {
                text.Append(part.Text);
            }
        }

        return finished && model is not null ? (model, text.ToString()) : throw new EndOfStreamException("the stream ended before its finish");
    }

    private static string Describe(Exception fault) => fault switch
    {
        ClientResultException { Status: > 0 } answer => $"HTTP {answer.Status}",
        EndOfStreamException => fault.Message,
        _ => fault.GetBaseException().GetType().Name,
    };
}
