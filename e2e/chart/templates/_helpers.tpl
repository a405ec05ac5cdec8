{{- define "etcd.fullname" -}}
{{ printf "%s-etcd" .Release.Name | trunc 50 | trimSuffix "-" }}
{{- end }}

{{- define "etcd.domain" -}}
{{ include "etcd.fullname" . }}-headless.{{ .Release.Namespace }}.svc.cluster.local
{{- end }}

{{- define "etcd.selector" -}}
app.kubernetes.io/name: etcd
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "etcd.labels" -}}
{{ include "etcd.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* a URL for each member of the chart's, at the port that is given */}}
{{- define "etcd.urls" -}}
{{- $root := index . 0 }}{{ $port := index . 1 }}
{{- range $ordinal := until (int $root.Values.replicaCount) }}
{{- if $ordinal }},{{ end }}http://{{ include "etcd.fullname" $root }}-{{ $ordinal }}.{{ include "etcd.domain" $root }}:{{ $port }}
{{- end }}
{{- end }}

{{- define "etcd.initialCluster" -}}
{{- range $ordinal := until (int (.Values.initialClusterMembers | default .Values.replicaCount)) }}
{{- $name := printf "%s-%d" (include "etcd.fullname" $) $ordinal }}
{{- if $ordinal }},{{ end }}{{ $name }}=http://{{ $name }}.{{ include "etcd.domain" $ }}:2380
{{- end }}
{{- end }}
