namespace Gateflow.Gateway.Providers;

/// <summary>What the relay must know of an answer, or of one event, that passes through.</summary>
/// <param name="UsageOnly">True for the chunk that ends a stream with usage and no choice.</param>
/// <param name="ModelStart">Offset of the value of <c>model</c>, its quotes included.</param>
/// <param name="ModelLength">Length of that value; 0 when there is none.</param>
internal readonly record struct AnswerMarks(bool UsageOnly, int ModelStart, int ModelLength)
{
    public bool HasModel => ModelLength > 0;
}
