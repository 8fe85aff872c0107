using System.Text;

namespace Gateflow.Gateway.Errors;

/// <summary>How a defect is logged: what it is and where, but not its text, for that may quote what a caller or a model said.</summary>
public static class Defect
{
    /// <summary>Kind and trace of a fault and of those that caused it, a line each.</summary>
    public static string Describe(Exception fault)
    {
        var words = new StringBuilder();
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            words.Append(words.Length == 0 ? "" : "\ncaused by ").Append(cause.GetType().FullName).Append('\n').Append(cause.StackTrace);
        }

        return words.ToString();
    }
}
