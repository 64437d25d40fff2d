{{/* The model: gpt-4o unless the values say more. */}}
{{- define "app.model" -}}
{{- default "claude-sonnet-4-5" .Values.model -}}
{{- end -}}
{{- define "app.env" }}
- name: LLM_MODEL
  value: {{ .Values.model | default "glm-4.6" }}
- name: FALLBACK_MODEL
  value: kimi-k2-0905-preview
{{- end }}
